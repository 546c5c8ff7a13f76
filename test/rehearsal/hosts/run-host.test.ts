import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPidFile } from '../../../systems/pid-file.js';
import { mustRun } from '../../../systems/process.js';
import { isRunning } from '../../../systems/recorded-process.js';

const script = join(import.meta.dirname, '../../../rehearsal/hosts/run-host.sh');

describe.skipIf(process.platform !== 'linux')('run-host.sh', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'groundswell-pid-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('records a process so that it is known again', async () => {
    const record = /^record\(\) \{.*?^\}/ms.exec(await readFile(script, 'utf8'))?.[0] ?? '';

    await mustRun('bash', ['-c', `directory=$1; ${record}; record "$2" keeper`, 'bash', dir, String(process.pid)]);

    const recorded = await readPidFile(join(dir, 'keeper'));
    expect(recorded?.pid).toBe(process.pid);
    expect(recorded !== undefined && (await isRunning(recorded))).toBe(true);
  });
});
