import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPidFile, writePidFile } from '../../systems/pid-file.js';

describe('readPidFile', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'groundswell-pid-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('reads the process that was written, also where its start is a date with blanks', async () => {
    const recorded = { pid: 12, startedAt: 'Wed Nov 25 22:12:05 2026' };
    await writePidFile(join(dir, 'pid'), recorded);

    expect(await readPidFile(join(dir, 'pid'))).toEqual(recorded);
  });

  it('believes no file that was cut off, and none that is missing', async () => {
    await writeFile(join(dir, 'cut'), '12 6a1f');

    expect(await readPidFile(join(dir, 'cut'))).toBeUndefined();
    expect(await readPidFile(join(dir, 'missing'))).toBeUndefined();
  });
});
