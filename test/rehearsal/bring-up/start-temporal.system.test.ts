import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { isRunning, startBackground, stopWorkers } from '../../../rehearsal/background.js';
import { rehearsalFolder, type RehearsalFolder } from '../../../rehearsal/rehearsal-folder.js';
import { startTemporal } from '../../../rehearsal/bring-up/start-temporal.js';
import { stopEmbeddedServer } from '../../../installation/temporal-server/embedded-server.js';

const portOf = (address: string): number => Number(address.split(':')[1]);

async function aFolder(): Promise<RehearsalFolder> {
  const root = await mkdtemp(join(tmpdir(), 'groundswell-temporal-'));
  const folder = rehearsalFolder(root);
  onTestFinished(async () => {
    await stopWorkers(folder, 1_000);
    await stopEmbeddedServer(folder.dir);
    await rm(root, { recursive: true, force: true });
  });
  return folder;
}

/** What a rehearsal leaves once it is up: its target, and a worker. */
async function workFor(folder: RehearsalFolder, address: string): Promise<void> {
  const target = { kind: 'simulated', temporal: { address }, spec: '', artifacts: '', workerSecretFile: '' };
  await writeFile(folder.target, JSON.stringify(target));
  await startBackground(folder, 'worker', { file: 'sleep', args: ['600'], env: { PATH: '/usr/bin:/bin' } });
}

describe('startTemporal', { timeout: 120_000 }, () => {
  it('ends the worker when the server that died comes back at another port, because its own was taken', async () => {
    const folder = await aFolder();
    const lines: string[] = [];
    const before = await startTemporal(folder, () => undefined);
    await workFor(folder, before.address);
    process.kill(before.pid, 'SIGKILL');
    const somebody = createServer();
    onTestFinished(() => void somebody.close());
    await vi.waitFor(
      () =>
        new Promise<void>((resolve, reject) => {
          somebody.once('error', reject).listen(portOf(before.address), '127.0.0.1', resolve);
        }),
      { timeout: 20_000 },
    );

    const after = await startTemporal(folder, (line) => lines.push(line));

    expect(after.address).not.toBe(before.address);
    expect(lines).toContain(`temporal server: it was at ${before.address}, so its worker starts again`);
    expect(await isRunning(folder, 'worker')).toBe(false);
  });

  it('leaves the worker alone when the server runs, or comes back where it was', async () => {
    const folder = await aFolder();
    const before = await startTemporal(folder, () => undefined);
    await workFor(folder, before.address);

    const found = await startTemporal(folder, () => undefined);
    await stopEmbeddedServer(folder.dir);
    const again = await startTemporal(folder, () => undefined);

    expect([found.address, again.address]).toEqual([before.address, before.address]);
    expect(await isRunning(folder, 'worker')).toBe(true);
  });
});
