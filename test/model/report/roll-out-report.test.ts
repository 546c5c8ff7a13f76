import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActivityPart } from '../../../model/names/activity-step.js';
import { signalNames, updateNames } from '../../../model/messages.js';
import type { Interval, RollOutFacts, RunFacts } from '../../../model/report/run-facts.js';
import { rollOutReport } from '../../../model/report/roll-out-report.js';
import { aMessage, anActivity, aRun, at, aTimer, someFacts, waitingForNodes } from './some-facts.js';

const seconds = fc.integer({ min: -50, max: 400 });
const maybe = fc.option(seconds, { nil: undefined });

/** Anything that a history could say, and much that none ever says: times in no order, ends before beginnings. */
const anyRun = (workflowId: string, steps: readonly string[]): fc.Arbitrary<RunFacts> =>
  fc
    .record({
      begins: seconds,
      ends: maybe,
      ready: fc.boolean(),
      activities: fc.array(
        fc.record({
          part: fc.constantFrom<ActivityPart[]>(
            'instance',
            'prepared',
            'init',
            'join',
            'apply',
            'gate',
            'verify',
            'waitUntilClosed',
          ),
          step: fc.constantFrom(...steps),
          scheduled: seconds,
          begun: seconds,
          ended: maybe,
          attempts: fc.integer({ min: 1, max: 3 }),
          outcome: fc.constantFrom('completed' as const, 'failed' as const, 'timed out' as const, 'open' as const),
        }),
        { maxLength: 6 },
      ),
      timers: fc.array(fc.tuple(fc.constantFrom(...steps), seconds, maybe), { maxLength: 3 }),
      messages: fc.array(
        fc.record({
          signal: fc.constantFrom(...Object.values(signalNames)),
          update: fc.constantFrom(...Object.values(updateNames)),
          step: fc.constantFrom(...steps),
          node: fc.constantFrom('a', 'b'),
          nodes: fc.subarray(['a', 'b']),
          atSecond: seconds,
        }),
        { maxLength: 8 },
      ),
      gaps: fc.array(fc.tuple(seconds, seconds), { maxLength: 3 }),
    })
    .map(({ begins, ends, ready, activities, timers, messages, gaps }) => {
      const facts = messages.map(({ signal, update, atSecond, ...fields }) => {
        const payload = { ...fields, parkId: 'one', action: 'retry', by: 'kim', reason: '' };
        return { signal, update, fact: { atMs: at(atSecond), payload } };
      });
      const signals = facts.map(({ signal, fact }) => ({ ...fact, name: signal }));
      return aRun(workflowId, {
        startedAtMs: at(begins),
        ...(ends === undefined ? { state: 'open' as const } : { endedAtMs: at(ends) }),
        input: {
          node: { role: workflowId.endsWith('/a') ? 'control-plane' : 'worker' },
          units: [
            { name: 'x', nodes: ['a', 'b'] },
            { name: 'y', nodes: [] },
          ],
          readyNodes: ready ? ['a'] : [],
        },
        activities: activities.map(({ part, step, scheduled, begun, ended, ...given }) =>
          anActivity(
            part,
            { scheduled, begun, ...(ended === undefined ? {} : { ended }) },
            { ...given, step: step === 'verify' ? 'verify/cluster' : `wave/0/${step}` },
          ),
        ),
        timers: timers.map(([step, from, to]) => aTimer(`wave/0/${step}`, from, to)),
        received: signals,
        sent: signals,
        updates: facts.map(({ update, fact }) => ({ ...fact, name: update })),
        workerGaps: gaps.map(([from, to]) => ({ fromMs: at(from), toMs: at(to) })),
      });
    });

const anyFacts: fc.Arbitrary<RollOutFacts> = fc.record({
  lock: anyRun('cluster/demo', ['x', 'y', 'verify']),
  children: fc
    .tuple(
      anyRun('cluster/demo/node/a', ['x', 'y']),
      anyRun('cluster/demo/node/b', ['x', 'y']),
      anyRun('cluster/demo/wave/0', ['x', 'y']),
      anyRun('cluster/demo/wave/1', ['x', 'y']),
    )
    .map((runs) => [...runs]),
  readAtMs: seconds.map(at),
});

/** The sum of intervals that follow one another from a beginning to an end; `undefined` where they do not. */
function coverage(parts: readonly Interval[], { fromMs, toMs }: Interval): number | undefined {
  let reached = fromMs;
  for (const part of parts) {
    if (part.fromMs !== reached || part.toMs <= part.fromMs) return undefined;
    reached = part.toMs;
  }
  return reached === toMs ? toMs - fromMs : undefined;
}

describe('rollOutReport', () => {
  it('spends every millisecond of the wall time once, whatever the histories say', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const report = rollOutReport(facts);

        expect(report.minutes.reduce((sum, { ms }) => sum + ms, 0)).toBe(report.wallMs);
        expect(coverage(report.criticalPath, { fromMs: 0, toMs: report.wallMs })).toBe(report.wallMs);
        for (const lane of report.lanes) {
          expect(coverage(lane.stretches, lane)).toBe(lane.toMs - lane.fromMs);
          expect(lane.times.reduce((sum, { ms }) => sum + ms, 0)).toBe(lane.toMs - lane.fromMs);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('names the node that a unit waited for last, and not the one that the plan names last', () => {
    const told = [
      aMessage('nodesReady', 20, { nodes: ['k8s-fast'] }),
      aMessage('nodesReady', 105, { nodes: ['k8s-fast', 'k8s-slow'] }),
    ];
    const { criticalPath, lanes } = rollOutReport(waitingForNodes({ told, applyAt: 106 }));

    const path = criticalPath.map(({ lane, kind, part }) => `${lane ?? '-'} ${part ?? kind}`);
    expect(path).toContain('node/k8s-slow ready');
    expect(path).not.toContain('node/k8s-fast ready');
    expect(lanes.find(({ id }) => id === 'wave/0/search')?.times).toContainEqual({ kind: 'nodes', ms: 100_000 });
  });

  it('of a unit that waits still names the nodes that it was not told of, and no other', () => {
    const told = [aMessage('nodesReady', 20, { nodes: ['k8s-fast'] })];
    const { lanes } = rollOutReport(waitingForNodes({ told }));

    const stretches = lanes.find(({ id }) => id === 'wave/0/search')?.stretches;
    expect(stretches?.map(({ note }) => note)).toEqual(['for k8s-slow']);
  });

  it('is plain data: what is written as JSON reads back as the same', () => {
    const report = rollOutReport(someFacts());

    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('walks the critical path back over what each lane waited for, with the reason', () => {
    const { criticalPath, wallMs } = rollOutReport(someFacts());

    expect(wallMs).toBe(120_000);
    const told = criticalPath.map(({ lane, kind, part, fromMs, toMs, because }) =>
      [fromMs / 1000, toMs / 1000, lane ?? '-', part ?? kind, ...(because === undefined ? [] : [because])].join(' '),
    );
    expect(told).toEqual([
      '0 1 plan confirmPlan',
      '1 4 network/vpc vpc the plan is confirmed',
      '4 5 network/route-table route-table vpc exists',
      '5 15 node/k8s-master instance route-table exists',
      '15 20 node/k8s-master prepared',
      '20 40 node/k8s-master prepared',
      '40 59 node/k8s-master init',
      '59 60 node/k8s-redis hand-over k8s-master answers',
      '60 65 node/k8s-redis join',
      '65 70 node/k8s-redis retry',
      '70 75 node/k8s-redis join',
      '75 96 node/k8s-redis person',
      '96 104 node/k8s-redis join',
      '104 105 node/k8s-redis hand-over',
      '105 106 wave/0/redis hand-over k8s-redis is ready',
      '106 108 wave/0/redis apply',
      '108 115 wave/0/redis gate',
      '115 117 verify hand-over redis is ready, the last of wave 0',
      '117 119 verify verify',
      '119 120 - hand-over',
    ]);
  });

  it('has the lock in the world before everything else, and its end is not work or wait', () => {
    const facts = someFacts();
    const taken = anActivity('takeWorldLock', { scheduled: 0.2, ended: 1 });
    const again = anActivity('takeWorldLock', { scheduled: 95, ended: 96 });
    const left = anActivity('leaveWorldLock', { scheduled: 119, ended: 120 });
    const [confirmed, ...others] = facts.lock.activities;
    const activities = [confirmed!, taken, ...others, again, left];
    const { criticalPath } = rollOutReport({ ...facts, lock: { ...facts.lock, activities } });

    expect(criticalPath[0]).toMatchObject({ lane: 'plan', toMs: 1_000 });
    expect(criticalPath.map(({ lane }) => lane)).toContain('node/k8s-master');
    expect(criticalPath.at(-1)).toEqual({ kind: 'hand-over', fromMs: 119_000, toMs: 120_000 });
  });

  it('says where the minutes went, longest first', () => {
    expect(rollOutReport(someFacts()).minutes.slice(0, 4)).toEqual([
      { kind: 'person', ms: 21_000 },
      { kind: 'work', part: 'prepared', ms: 20_000 },
      { kind: 'work', part: 'init', ms: 19_000 },
      { kind: 'work', part: 'join', ms: 18_000 },
    ]);
  });

  it('says of each node and unit what it waited for and how often it tried', () => {
    const lanes = new Map(rollOutReport(someFacts()).lanes.map((lane) => [lane.id, lane]));

    expect(lanes.get('node/k8s-master')?.times).toContainEqual({ kind: 'queue', ms: 5_000 });
    expect(lanes.get('node/k8s-redis')).toMatchObject({
      times: [
        { kind: 'work', ms: 42_000 },
        { kind: 'retry', ms: 5_000 },
        { kind: 'person', ms: 21_000 },
        { kind: 'control plane', ms: 29_000 },
        { kind: 'hand-over', ms: 3_000 },
      ],
      steps: [
        { step: 'node/k8s-redis/prepared', tries: 1 },
        { step: 'node/k8s-redis/join', tries: 3, workMs: 18_000 },
      ],
    });
    expect(lanes.get('wave/0/redis')?.times).toContainEqual({ kind: 'nodes', ms: 100_000 });
  });

  it('says what went before it in the front door, which adds up', () => {
    const { before } = rollOutReport(someFacts());

    expect(before).toEqual({
      workflowId: 'front-door',
      startedAt: '2026-11-25T11:58:20.000Z',
      ms: 100_000,
      planningMs: 8_000,
      approvalMs: 55_000,
      lockMs: 28_000,
      betweenMs: 9_000,
      approvedBy: 'lee',
    });
  });

  it('says who answered what after how long, and which tries failed', () => {
    const { parks, failedTries } = rollOutReport(someFacts());

    expect(parks).toMatchObject([
      { fromMs: 75_000, toMs: 96_000, answer: { by: 'kim', action: 'retry', reason: 'started containerd' } },
    ]);
    expect(failedTries.map(({ atMs, type }) => [atMs, type])).toEqual([
      [65_000, 'KubeadmFailed'],
      [75_000, 'KubeadmFailed'],
    ]);
  });

  it('finds a step of the lock parked that failed and was not tried again, and its answer', () => {
    const { lock, children, readAtMs } = someFacts();
    const failed = {
      outcome: 'failed' as const,
      failure: { type: 'AwsDenied', message: 'no' },
      step: 'network/vpc' as const,
    };
    const { parks, criticalPath } = rollOutReport({
      lock: {
        ...lock,
        activities: [
          anActivity('vpc', { scheduled: 1, ended: 2 }, failed),
          anActivity('vpc', { scheduled: 50, ended: 60 }, { step: 'network/vpc' }),
        ],
        updates: [aMessage('resolve', 49, { step: 'network/vpc', action: 'retry', by: 'lee', reason: 'granted' })],
      },
      children: children.slice(0, 0),
      readAtMs,
    });

    expect(parks).toMatchObject([{ step: 'network/vpc', fromMs: 2_000, toMs: 49_000, answer: { by: 'lee' } }]);
    expect(criticalPath).toContainEqual(expect.objectContaining({ kind: 'person', fromMs: 2_000, toMs: 49_000 }));
  });

  it('gives time between steps to whoever paused the run, and to nobody what ran on', () => {
    const facts = someFacts();
    const updates = [
      aMessage('pause', 55, { by: 'kim', reason: 'a demo' }),
      aMessage('resume', 60, { by: 'kim', reason: 'over' }),
    ];
    const report = rollOutReport({ ...facts, lock: { ...facts.lock, updates } });

    expect(report.pauses).toEqual([{ fromMs: 55_000, toMs: 60_000, by: 'kim', reason: 'a demo' }]);
    const lane = report.lanes.find(({ id }) => id === 'node/k8s-master');
    expect(lane?.times).toContainEqual({ kind: 'work', ms: 49_000 });
    expect(lane?.times).toContainEqual({ kind: 'person', ms: 1_000 });
  });

  it('ends the lane of a unit that was left out where its node was skipped', () => {
    const { lock, children, readAtMs } = someFacts();
    const [master, redis, wave] = children;
    const skipped = [{ step: 'node/k8s-redis/join', reason: 'no host', by: 'lee' }];
    const report = rollOutReport({
      lock: { ...lock, state: 'degraded', result: { outcome: 'degraded', skipped } },
      children: [
        master!,
        { ...redis!, result: { outcome: 'done', skipped } },
        { ...wave!, activities: [], received: [aMessage('nodeSkipped', 106, { node: 'k8s-redis' })] },
      ],
      readAtMs,
    });

    expect(report.lanes.find(({ id }) => id === 'node/k8s-redis')).toMatchObject({ state: 'skipped' });
    expect(report.lanes.find(({ id }) => id === 'wave/0/redis')).toMatchObject({ state: 'skipped', toMs: 106_000 });
  });

  it('gives the time of a lost attempt to it, and that of a gap to the missing worker, not to the work', () => {
    const facts = someFacts();
    const [master, ...others] = facts.children;
    const lost = master!.activities.map((activity) =>
      activity.part === 'init' ? { ...activity, attempts: 2, startedAtMs: at(50) } : activity,
    );
    const report = rollOutReport({
      ...facts,
      children: [{ ...master!, activities: lost, workerGaps: [{ fromMs: at(60), toMs: at(69) }] }, ...others],
    });

    const times = report.lanes.find(({ id }) => id === 'node/k8s-master')?.times;
    expect(times).toContainEqual({ kind: 'lost', ms: 10_000 });
    expect(times).toContainEqual({ kind: 'worker', ms: 9_000 });
    expect(report.workerGaps).toEqual([{ fromMs: 60_000, toMs: 69_000 }]);
  });

  it('of a roll-out that goes on ends at the moment of the look, in what is at its present work for longest', () => {
    const facts = someFacts();
    const [master, redis] = facts.children;
    const { endedAtMs: _lock, ...lock } = {
      ...facts.lock,
      state: 'open' as const,
      activities: facts.lock.activities.slice(0, 4),
      updates: [],
    };
    const { endedAtMs: _redis, ...open } = {
      ...redis!,
      state: 'open' as const,
      received: redis!.received.slice(0, 1),
      activities: redis!.activities.slice(0, 3),
    };
    const report = rollOutReport({ lock, children: [master!, open], readAtMs: at(500) });

    expect(report.wallMs).toBe(500_000);
    expect(report.criticalPath.at(-1)).toMatchObject({
      lane: 'node/k8s-redis',
      kind: 'person',
      fromMs: 75_000,
      toMs: 500_000,
    });
    expect(report.parks[0]).not.toHaveProperty('toMs');
  });
});
