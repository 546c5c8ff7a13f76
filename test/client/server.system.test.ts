import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addServerOf } from '../../client/commands/server.js';
import { findEmbeddedServer, stopEmbeddedServer } from '../../installation/temporal-server/embedded-server.js';
import { startOwnServer } from '../../installation/temporal-server/own-server.js';
import type { Target } from '../../installation/target.js';
import { runCommand } from './run-command.js';

const target: Target = {
  kind: 'live',
  temporal: { address: '', namespace: 'default' },
  spec: 'cluster.yaml',
  artifacts: 'artifacts',
  workerSecretFile: 'worker-secret',
};

describe('server', () => {
  it('says where the server is that a worker left behind, and ends it', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'groundswell-server-'));
    onTestFinished(async () => {
      await stopEmbeddedServer(stateDir);
      await rm(stateDir, { recursive: true, force: true });
    });
    const server = (command: string) =>
      runCommand(
        target,
        (program, run) => {
          addServerOf(program, run, stateDir);
        },
        ['server', command],
      );
    const none = await server('show');
    const { address, pid } = await startOwnServer({ stateDir, onLine: () => undefined });

    const there = await server('show');
    const stopped = await server('stop');
    const again = await server('stop');

    expect(none.stdout).toContain('this clone runs none; `npx groundswell worker` starts one');
    expect(there.stdout).toContain(`${address}, UI http`);
    expect(there.stdout).toContain(`pid ${pid}; stop it with npx groundswell server stop`);
    expect(stopped).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`stopped (${address})`) });
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('this clone runs none') });
    expect(await findEmbeddedServer(stateDir)).toBeUndefined();
  }, 120_000);
});
