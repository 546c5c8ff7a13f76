import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RolloutError } from '../../model/rollout-error.js';
import { readTarget, stateFolder } from '../../installation/target.js';

const target = {
  kind: 'simulated',
  temporal: { address: '127.0.0.1:7233' },
  spec: 'cluster.yaml',
  artifacts: 'artifacts',
  workerSecretFile: 'worker-secret',
};

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'groundswell-target-'));
  await mkdir(stateFolder(root));
});
afterEach(() => rm(root, { recursive: true }));

async function write(text: string): Promise<void> {
  await writeFile(join(stateFolder(root), 'target.json'), text);
}

describe('readTarget', () => {
  it('finds none where no rehearsal runs', async () => {
    expect(await readTarget(root)).toBeUndefined();
  });

  it('reads what a rehearsal left, in the namespace `default`', async () => {
    await write(JSON.stringify(target));
    expect(await readTarget(root)).toEqual({
      ...target,
      temporal: { address: '127.0.0.1:7233', namespace: 'default' },
    });
  });

  it.each([
    ['another shape', JSON.stringify({ ...target, kind: 'unknown' })],
    ['half a file', JSON.stringify(target).slice(0, 30)],
  ])('refuses %s as InputInvalid, with the way out', async (_what, text) => {
    await write(text);
    const error = await readTarget(root).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RolloutError);
    expect(error).toMatchObject({ type: 'InputInvalid', message: expect.stringContaining('npm run rehearsal:down') });
  });
});
