import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runsFolder, sweepRuns } from '../../installation/runs-folder.js';

it('a worker that starts removes what cut-off runs left beside the artifacts, and says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'groundswell-runs-folder-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const target = { artifacts: join(folder, 'artifacts') };
  const left = join(runsFolder(target), 'run-left00');
  await mkdir(left, { recursive: true });
  const longAgo = new Date(0);
  await utimes(left, longAgo, longAgo);

  expect(await sweepRuns(target)).toBe('worker: removed the remains of a cut-off Ansible run');
  expect(await readdir(runsFolder(target))).toEqual([]);
  expect(await sweepRuns(target)).toBeUndefined();
});
