import { describe, expect, it } from 'vitest';
import { follow, type FollowOptions } from '../../client/follow.js';
import type { Look } from '../../client/narrator.js';
import { createOutput } from '../../client/output.js';
import { RolloutError } from '../../model/rollout-error.js';
import { captured } from './captured-streams.js';

const noWorker = new RolloutError('WorkerUnreachable', 'no worker answers on the task queue groundswell');
const never = new Promise<void>(() => undefined);
const planning: Look = { door: { phase: 'planning' } };

/** Follows a roll-out whose looks give these answers, in order; it ends at the look after the last. */
async function following(
  answers: readonly (Look | Error)[],
  size?: { readonly columns: number; readonly rows: number },
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const [stdout, stderr] = [captured(size), captured()];
  const left = [...answers];
  const ends = Promise.withResolvers<void>();
  const options: FollowOptions = {
    output: createOutput({ stdout, stderr, color: false }),
    cluster: 'ecoeco',
    lookEveryMs: 20,
    ended: ends.promise,
    detached: never,
    look() {
      const answer = left.shift();
      if (answer === undefined) ends.resolve();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? {});
    },
  };
  await follow(options);
  return { stdout: stdout.text(), stderr: stderr.text() };
}

describe('follow, when the worker is gone', () => {
  it('says in a pipe, once, that no worker answers and what to type, and that it answers again', async () => {
    const { stderr } = await following([planning, noWorker, noWorker, noWorker, planning]);

    expect(stderr).toBe(
      'no worker answers on the task queue groundswell; nothing is lost, it goes on with the next worker → npx groundswell worker\n' +
        'it answers again\n',
    );
  });

  it('says nothing in a pipe of a single question that a busy worker missed', async () => {
    const { stderr } = await following([planning, noWorker, planning]);

    expect(stderr).toBe('');
  });

  it('keeps the table on a terminal, says below it what is the matter and what to type, whole on 80 columns, and takes it back', async () => {
    const { stdout, stderr } = await following([planning, noWorker, noWorker, planning], { columns: 80, rows: 24 });

    const frames = stdout.split('\r').map((frame) => frame.replaceAll(/\u001b\[\d*[A-Z]/g, ''));
    const below = (text: string): readonly boolean[] => frames.slice(1, 5).map((frame) => frame.includes(text));
    expect(below('ecoeco  planning\n')).toEqual([true, true, true, true]);
    expect(below('Ctrl-C leaves')).toEqual([true, false, false, true]);
    expect(below('the worker has not answered yet')).toEqual([false, true, false, false]);
    expect(below('→ npx groundswell worker\n')).toEqual([false, false, true, false]);
    expect(stderr).toBe('');
  });
});
