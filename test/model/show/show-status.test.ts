import { describe, expect, it } from 'vitest';
import type { Line } from '../../../model/show/line.js';
import { showStatus } from '../../../model/show/show-status.js';
import { duration, failureText, resolveCommand } from '../../../model/show/show-step.js';
import { parkedLine, showStepChanges } from '../../../model/show/show-step-changes.js';
import type { ApplySnapshot, RollOutSnapshot } from '../../../model/status/status-snapshot.js';
import type { StepStatus } from '../../../model/status/status.js';

const startedAtMs = 1_000_000;
const options = { nowMs: startedAtMs + 125_000 };

const parkedJoin: StepStatus = {
  step: 'node/k8s-redis/join',
  state: 'parked',
  parkId: 'run:1',
  failure: { type: 'KubeadmFailed', message: 'k8s-redis: [ERROR CRI]', advice: 'read the [ERROR] lines', attempts: 3 },
};

function anApply(given: Partial<ApplySnapshot> = {}, parked = parkedJoin): ApplySnapshot {
  return {
    state: 'open',
    startedAtMs,
    status: {
      cluster: 'demo',
      planDigest: '0123456789abcdef',
      stage: 'nodes and waves',
      network: [{ step: 'network/vpc', state: 'done' }],
      verify: { step: 'verify/cluster', state: 'not begun' },
      nodes: [
        { name: 'k8s-master', state: 'done' },
        { name: 'k8s-redis', state: 'open' },
        { name: 'k8s-old', state: 'untouched' },
      ],
      waves: [
        { wave: 0, state: 'open' },
        { wave: 1, state: 'not begun' },
        { wave: 2, state: 'not begun' },
      ],
      parked: [parked],
      skipped: [],
      stopping: false,
    },
    nodes: [
      {
        node: 'k8s-redis',
        steps: [
          { step: 'node/k8s-redis/instance', state: 'done', changed: true },
          { step: 'node/k8s-redis/reachable', state: 'done', changed: false },
          { step: 'node/k8s-redis/prepared', state: 'done', changed: true },
          parkedJoin,
          { step: 'node/k8s-redis/labelled', state: 'not begun' },
          { step: 'node/k8s-redis/ready', state: 'not begun' },
        ],
      },
    ],
    waves: [{ wave: 0, steps: [{ step: 'wave/0/redis', state: 'waiting', note: 'waits for k8s-redis' }] }],
    activities: [],
    ...given,
  };
}

function aSnapshot(apply: ApplySnapshot | undefined, more: Partial<RollOutSnapshot> = {}): RollOutSnapshot {
  return { cluster: 'demo', frontDoors: [], ...(apply === undefined ? {} : { apply }), ...more };
}

function text(lines: readonly Line[]): readonly string[] {
  return lines.map((line) =>
    line
      .map((part) => part.text)
      .join('')
      .trimEnd(),
  );
}

describe('showStatus', () => {
  it('says of a parked unit how to read what its pods say', () => {
    const parked: StepStatus = {
      step: 'wave/2/api-location',
      state: 'parked',
      parkId: 'run:1',
      failure: { type: 'GateTimedOut', message: 'wave 2 waits', advice: 'look at its pods', attempts: 1 },
    };

    expect(text(showStatus(aSnapshot(anApply({}, parked)), options))).toContain(
      '        npx groundswell logs wave/2/api-location',
    );
  });

  it('says of a verification that runs again how often it failed, and with what last', () => {
    const { status } = anApply();
    const verify: StepStatus = {
      step: 'verify/cluster',
      state: 'running',
      note: 'api-location: 0 of 2 replicas are ready',
      failedTries: { count: 2, message: 'cluster demo: not as wanted after 600 s' },
    };
    const lines = text(showStatus(aSnapshot(anApply({ status: { ...status!, verify } })), options));

    expect(lines.find((line) => line.startsWith('verify'))).toBe(
      'verify    running  api-location: 0 of 2 replicas are ready; after 2 failed tries: cluster demo: not as wanted after 600 s',
    );
  });

  it('keeps room for the notes of nodes on a terminal of 80 columns: the marks stand side by side', () => {
    const lines = text(showStatus(aSnapshot(anApply()), { ...options, columns: 80 }));

    const titles = lines.find((line) => line.includes('instance'))!;
    const redis = lines.find((line) => line.startsWith('  k8s-redis'))!;
    expect(titles.trim()).toBe('instance, reachable, prepared, joined, labelled, ready');
    expect(titles.length).toBeLessThan(80);
    expect(redis).toBe('  k8s-redis   ✓ ✓ ✓ ✗ · ·  join parked');
  });

  it('counts a node as done as soon as its row shows that all of it is, though the lock is not told yet', () => {
    const steps = ['instance', 'reachable', 'prepared', 'join', 'labelled', 'ready'] as const;
    const done = steps.map((part): StepStatus => ({ step: `node/k8s-redis/${part}`, state: 'done', changed: true }));
    const lines = text(showStatus(aSnapshot(anApply({ nodes: [{ node: 'k8s-redis', steps: done }] })), options));

    expect(lines.find((line) => line.startsWith('nodes'))).toContain('2/2 done');
  });

  it('shows one row per node that the plan touches, its marks below the titles', () => {
    const lines = text(showStatus(aSnapshot(anApply()), options));

    const titles = lines.find((line) => line.includes('instance'))!;
    const redis = lines.find((line) => line.startsWith('  k8s-redis'))!;
    expect(lines.some((line) => line.startsWith('  k8s-old'))).toBe(false);
    expect(redis.indexOf('✗')).toBe(titles.indexOf('joined'));
    expect(redis.indexOf('✓')).toBe(titles.indexOf('instance'));
    expect(redis).toMatch(/parked$/);
  });

  it('does not seem to say of a node that waits before its labels that the pause is labelled', () => {
    const steps = [{ step: 'node/k8s-redis/labelled', state: 'waiting', note: 'the run is paused' }] as const;
    const lines = text(showStatus(aSnapshot(anApply({ nodes: [{ node: 'k8s-redis', steps }] })), options));

    expect(lines.find((line) => line.startsWith('  k8s-redis'))).toMatch(/labelled: the run is paused$/);
  });

  it('counts what is done and names what needs nothing', () => {
    expect(text(showStatus(aSnapshot(anApply()), options))).toContain('nodes     1/2 done, 1 need nothing');
  });

  it('says of a parked step why it failed and what to type', () => {
    const lines = text(showStatus(aSnapshot(anApply()), options)).join('\n');

    expect(lines).toContain('PARKED  node/k8s-redis/join  KubeadmFailed after 3 tries');
    expect(lines).toContain('k8s-redis: [ERROR CRI]');
    expect(lines).toContain('npx groundswell logs node/k8s-redis/join');
    expect(lines).toContain('npx groundswell resolve node/k8s-redis/join retry --reason "…"');
  });

  it('does not tell to answer a step of a run that has ended', () => {
    const ended = anApply({ state: 'stopped', endedAtMs: startedAtMs + 1_000 });
    const lines = text(showStatus(aSnapshot(ended), options)).join('\n');

    expect(lines).toContain('WAS PARKED  node/k8s-redis/join  KubeadmFailed after 3 tries');
    expect(lines).not.toContain('npx groundswell resolve');
    expect(lines).toContain('this shows the end of the run; npx groundswell plan shows the cluster now');
  });

  it('says a command once, where the advice has it already', () => {
    const log = 'npx groundswell logs node/k8s-redis/join';
    const failure = { type: 'KubeadmFailed', message: '[ERROR CRI]', advice: `read \`${log}\``, attempts: 3 };
    const lines = text(showStatus(aSnapshot(anApply({ nodes: [] }, { ...parkedJoin, failure })), options));

    expect(lines.filter((line) => line.includes(log))).toEqual([`        read \`${log}\``]);
  });

  it('advises one answer that a shell takes as it stands, and names the others behind it', () => {
    const step = { step: 'node/k8s-redis/join', answers: ['retry', 'skip', 'abort'] } as const;

    expect(resolveCommand(step)).toBe(
      'npx groundswell resolve node/k8s-redis/join retry --reason "…"  # or skip, abort',
    );
  });

  it('leaves the rows of done nodes out when it must be brief', () => {
    const lines = text(showStatus(aSnapshot(anApply()), { ...options, brief: true }));

    expect(lines.some((line) => line.startsWith('  k8s-master'))).toBe(false);
    expect(lines.some((line) => line.startsWith('  k8s-redis'))).toBe(true);
  });

  it('gathers the waves that have not begun in one line', () => {
    expect(text(showStatus(aSnapshot(anApply()), options))).toContain('waves 1, 2  not begun');
  });

  it('shows what the server knows when no worker answers', () => {
    const { status: _, ...bare } = anApply();
    const activities = [
      { workflowId: 'cluster/demo', name: 'verifyCluster', attempt: 2, note: 'no answer' },
      { workflowId: 'cluster/demo', name: 'node/k8s-redis/join', attempt: 1, parked: true },
    ] as const;

    const lines = text(showStatus(aSnapshot({ ...bare, activities }, { gap: 'no worker answers' }), options));

    expect(lines[0]).toBe('no worker answers');
    expect(lines).toContain('cluster/demo  verifyCluster, attempt 2: no answer');
    expect(lines).toContain('cluster/demo  PARKED node/k8s-redis/join');
  });

  it('says what to type for a front door that waits for an approval', () => {
    const status = { phase: 'waiting for approval', planDigest: '0123456789abcdef', changes: 1 } as const;

    const lines = text(showStatus(aSnapshot(undefined, { frontDoors: [{ id: 'door', status }] }), options));

    expect(lines).toEqual(['door  waits for approval of 1 change: npx groundswell approve 0123456789ab']);
  });

  it('does not list a front door that has just ended as one that waits', () => {
    const status = { phase: 'ended' } as const;
    const shown = (snapshot: RollOutSnapshot) => text(showStatus(snapshot, options)).join('\n');

    expect(shown(aSnapshot(anApply(), { frontDoors: [{ id: 'door', status }] }))).not.toContain('door');
    expect(shown(aSnapshot(undefined, { frontDoors: [{ id: 'door', status }] }))).toContain('nothing runs');
  });

  it('cuts nothing of why a step is parked where a screen of 80 columns is drawn again', () => {
    const message = `k8s-redis: ${'a reason of many words '.repeat(6)}and its end`;
    const failure = { type: 'KubeadmFailed', message, advice: 'look', attempts: 3 };
    const parked = anApply({ nodes: [] }, { ...parkedJoin, failure });
    const busyWith = 'cluster/demo holds the lock since 2026-11-28T08:17:49.625Z (npm start)';
    const frontDoors = [{ id: 'door', status: { phase: 'waiting for the cluster', busyWith } as const }];

    const lines = text(showStatus(aSnapshot(parked, { frontDoors }), { ...options, columns: 79, wrap: true }));

    expect(lines.filter((line) => line.length > 79)).toEqual([]);
    expect(lines.join('\n').replaceAll(/\s+/g, ' ')).toContain(message);
    expect(lines.join('\n').replaceAll(/\s+/g, ' ')).toContain(busyWith);
  });

  it('cuts off no unit of a wave: more rows have the rest', () => {
    const steps = Array.from({ length: 9 }, (_, index) => {
      return { step: `wave/0/a-unit-${index}`, state: index === 8 ? 'parked' : 'done' } as const;
    });
    const lines = text(showStatus(aSnapshot(anApply({ waves: [{ wave: 0, steps }] })), { ...options, columns: 79 }));

    expect(lines.filter((line) => line.length > 79 && line.includes('a-unit'))).toEqual([]);
    expect(lines).toContain('          ✓ a-unit-5   ✓ a-unit-6   ✓ a-unit-7   ✗ a-unit-8');
  });

  it('says so when there is nothing', () => {
    expect(text(showStatus(aSnapshot(undefined), options))).toEqual([
      'demo: nothing runs, and no roll-out that carried a plan out is on record',
    ]);
  });
});

describe('showStepChanges', () => {
  it('says nothing of steps that stayed as they were or have not begun', () => {
    const steps: StepStatus[] = [
      { step: 'network/vpc', state: 'running' },
      { step: 'network/key-pair', state: 'not begun' },
    ];

    expect(showStepChanges(steps, steps)).toEqual([]);
  });

  it('says each change once, in the order of the steps', () => {
    const after: StepStatus[] = [
      { step: 'network/vpc', state: 'done', changed: false },
      { step: 'network/key-pair', state: 'running' },
    ];

    const lines = text(showStepChanges([{ step: 'network/vpc', state: 'running' }], after));

    expect(lines).toEqual([
      'network/vpc                           done, no change needed',
      'network/key-pair                      running',
    ]);
  });

  it('says a step that parks for the second time again', () => {
    expect(showStepChanges([parkedJoin], [{ ...parkedJoin, parkId: 'run:2' }])).toHaveLength(1);
    expect(showStepChanges([parkedJoin], [parkedJoin])).toEqual([]);
  });
});

describe('parkedLine', () => {
  it('is one line with step, reason, advice and command', () => {
    expect(text([parkedLine(parkedJoin)])).toEqual([
      'PARKED node/k8s-redis/join after 3 tries: k8s-redis: [ERROR CRI] (KubeadmFailed) → read the [ERROR] lines → npx groundswell resolve node/k8s-redis/join retry --reason "…"',
    ]);
  });
});

describe('failureText', () => {
  const failure = { type: 'KubeadmFailed', message: 'x'.repeat(5_000), advice: '', attempts: 3 };

  it('cuts what a step failed by to a size, and says where all of it is', () => {
    const join = failureText({ step: 'node/k8s-redis/join', failure });
    const wave = failureText({ step: 'wave/1/api-auth', failure });

    expect(join).toHaveLength(1_000 + ' … '.length * 2 + join.split(' … ')[1]!.length);
    expect(join).toContain('4000 characters left out, all of it: npx groundswell logs node/k8s-redis/join');
    expect(wave).toContain('4000 characters left out …');
  });
});

describe('duration', () => {
  it.each([
    [7_000, '0:07'],
    [760_000, '12:40'],
    [3_729_000, '1:02:09'],
    [-5, '0:00'],
  ])('writes %d ms as %s', (durationMs, expected) => {
    expect(duration(durationMs)).toBe(expected);
  });
});

describe('the expiry of certificates in the status', () => {
  const seenAt = '2026-01-01T00:00:00Z';
  const expiry = { node: 'k8s-master', name: 'admin.conf', expiresAt: '2027-01-01T00:00:00Z', seenAt };
  const status = { ...anApply().status!, expiry };
  const textAt = (now: string, more: Partial<RollOutSnapshot> = {}): readonly string[] =>
    text(showStatus(aSnapshot(anApply({ status }), more), { nowMs: Date.parse(now) }));

  it('is not shown while more than 30 days are left', () => {
    expect(textAt('2026-11-30T00:00:00Z').join('\n')).not.toContain('certificate');
  });

  it('is shown from then on, with when it was seen and what to type', () => {
    expect(textAt('2026-12-20T00:00:00Z').at(-1)).toBe(
      'certificate admin.conf expires on 2027-01-01, 12 days from now, as k8s-master said on 2026-01-01; ' +
        'a roll-out renews it: npx groundswell up',
    );
  });

  it('is that of whoever looked last', () => {
    const later = { ...expiry, expiresAt: '2027-12-01T00:00:00Z', seenAt: '2026-12-01T00:00:00Z' };
    const frontDoors = [{ id: 'up', status: { phase: 'planning' as const, expiry: later } }];

    expect(textAt('2026-12-20T00:00:00Z', { frontDoors }).join('\n')).not.toContain('certificate');
  });
});
