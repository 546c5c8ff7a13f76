import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResolveAction } from '../../model/status/answers.js';
import { pauseUpdate, resumeUpdate } from '../../workflows/contract/message-definitions.js';
import { lockOf, parkedOf, resolve, statusOf } from './locked.js';
import { aSimulatedRehearsal, type FrontDoorHandle, type SimulatedRehearsal } from './simulated-worker.js';

/** What goes wrong in one run, and what people do about it. */
interface Story {
  /** How often each of these fails. */
  readonly failures: Readonly<Record<'k8s-master: init' | 'k8s-redis: prepare' | 'k8s-redis: join', number>>;
  readonly alsoFails: number;
  /** Answers in the order in which they are given; retry after the last. */
  readonly answers: readonly ResolveAction[];
  /** In which turns somebody pauses the run, until the next turn. */
  readonly pauses: readonly boolean[];
}

const count = fc.integer({ min: 0, max: 7 });
const stories: fc.Arbitrary<Story> = fc.record({
  failures: fc.record({ 'k8s-master: init': count, 'k8s-redis: prepare': count, 'k8s-redis: join': count }),
  alsoFails: count,
  answers: fc.array(fc.constantFrom('retry', 'retry', 'skip', 'replace', 'abort'), { maxLength: 5 }),
  pauses: fc.array(fc.boolean(), { maxLength: 8 }),
});

describe('a roll-out', () => {
  it('ends in every order of failures, answers and pauses, and the next ones make the cluster whole, each effect once', async () => {
    await fc.assert(fc.asyncProperty(stories, tell), { numRuns: 8 });
  });
});

async function tell(story: Story): Promise<void> {
  const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml', faults: faultsOf(story) });
  const first = await rehearsal.rollOut({ approve: true });
  expect(await untilEnded(rehearsal, first, story)).toBeLessThan(200);
  const result = await first.result().catch(() => ({ outcome: 'aborted', skipped: [] }));
  expect(['done', 'degraded', 'aborted']).toContain(result.outcome);
  expect((result.skipped ?? []).length > 0).toBe(result.outcome === 'degraded');

  const second = await rehearsal.rollOut({ approve: true });
  await untilEnded(rehearsal, second, { answers: [], pauses: [] });
  expect(['done', 'nothing to do']).toContain((await second.result()).outcome);
  const third = await rehearsal.rollOut({ approve: true });
  expect(await third.result()).toMatchObject({ outcome: 'nothing to do', changes: 0 });
  expect(whatHappenedTwice(rehearsal)).toEqual([]);
  const live = rehearsal.world.things.instances.filter(({ state }) => state !== 'terminated');
  expect(live.map(({ node }) => node).toSorted()).toEqual(['k8s-api-auth', 'k8s-master', 'k8s-redis']);
  await rehearsal.endWorker();
}

function faultsOf({ failures, alsoFails }: Story): readonly string[] {
  return [...Object.entries(failures), ['k8s-api-auth: join', alsoFails] as const]
    .filter(([, times]) => times > 0)
    .map(([what, times]) => `${what} fails ${times} times`);
}

/** Plays the people, until the run has ended. Returns how many turns that took. */
async function untilEnded(
  rehearsal: SimulatedRehearsal,
  handle: FrontDoorHandle,
  { answers, pauses }: Pick<Story, 'answers' | 'pauses'>,
): Promise<number> {
  const left = [...answers];
  const input = { reason: 'of the story', by: 'kim' };
  for (let turn = 0; turn < 200; turn += 1) {
    if ((await handle.describe()).status.name !== 'RUNNING') return turn;
    const status = await statusOf(rehearsal).catch(() => undefined);
    const open = status !== undefined && status.stage !== 'ended' && !status.stopping;
    if (open && status.paused !== undefined) await lockOf(rehearsal).executeUpdate(resumeUpdate, { args: [input] });
    else if (open && pauses[turn] === true) await lockOf(rehearsal).executeUpdate(pauseUpdate, { args: [input] });
    const [parked] = open ? await parkedOf(rehearsal) : [];
    if (parked !== undefined) {
      const wanted = left.shift() ?? 'retry';
      const action = parked.answers?.includes(wanted) === true ? wanted : 'retry';
      await resolve(rehearsal, { step: parked.step, action });
    }
    await rehearsal.env.sleep('15 seconds');
  }
  return 200;
}

/** Keys of effects that the outside saw more than once: each host is made, initialised and joined once. */
function whatHappenedTwice(rehearsal: SimulatedRehearsal): readonly string[] {
  const keys = rehearsal.effects('RunInstances', 'CreateVpc', 'kubeadm init', 'kubeadm join').map(({ effect, key }) => {
    return effect === 'CreateVpc' ? effect : `${effect} ${key}`;
  });
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}
