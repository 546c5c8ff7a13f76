import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPidFile } from '../../../rehearsal/hosts/pid-file.js';
import { mustRun } from '../../../systems/process.js';
import { isRunning } from '../../../systems/recorded-process.js';

const script = join(import.meta.dirname, '../../../rehearsal/hosts/run-host.sh');

describe.skipIf(process.platform !== 'linux')('readPidFile', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'groundswell-pid-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('reads what the keeper of a host writes with its own function, as the process that runs', async () => {
    const record = /^record\(\) \{.*?^\}/ms.exec(await readFile(script, 'utf8'))?.[0] ?? '';

    await mustRun('bash', ['-c', `directory=$1; ${record}; record "$2" keeper`, 'bash', dir, String(process.pid)]);

    const recorded = await readPidFile(join(dir, 'keeper'));
    expect(recorded?.pid).toBe(process.pid);
    expect(recorded !== undefined && (await isRunning(recorded))).toBe(true);
  });

  it('believes no file that was cut off, and none that is missing', async () => {
    await writeFile(join(dir, 'cut'), '12 6a1f');

    expect(await readPidFile(join(dir, 'cut'))).toBeUndefined();
    expect(await readPidFile(join(dir, 'missing'))).toBeUndefined();
  });
});
