import { describe, expect, it } from 'vitest';
import { follow, type FollowEnd, type FollowOptions } from '../../../client/follow/follow.js';
import type { Look } from '../../../client/follow/narrator.js';
import { createOutput } from '../../../client/output.js';
import { RolloutError } from '../../../model/rollout-error.js';
import type { ApplyStatus, StepStatus } from '../../../model/status/status.js';
import { captured } from '../captured-streams.js';

const noWorker = new RolloutError('WorkerUnreachable', 'no worker answers on the task queue groundswell');
const never = new Promise<void>(() => undefined);
const planning: Look = { door: { phase: 'planning' } };

/** Follows a roll-out whose looks give these answers, in order; it ends at the look after the last. */
async function following(
  answers: readonly (Look | Error)[],
  {
    size,
    leaveWhenParked = false,
  }: { readonly size?: { columns: number; rows: number }; leaveWhenParked?: boolean } = {},
): Promise<{ readonly end: FollowEnd; readonly stdout: string; readonly stderr: string }> {
  const [stdout, stderr] = [captured(size), captured()];
  const left = [...answers];
  const ends = Promise.withResolvers<void>();
  const options: FollowOptions = {
    output: createOutput({ stdout, stderr, color: false }),
    cluster: 'ecoeco',
    lookEveryMs: 20,
    leaveWhenParked,
    ended: ends.promise,
    detached: never,
    look() {
      const answer = left.shift();
      if (answer === undefined) ends.resolve();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? {});
    },
  };
  const end = await follow(options);
  return { end, stdout: stdout.text(), stderr: stderr.text() };
}

/** A roll-out with a parked join, and a step that is as said. */
function parkedBeside(other: StepStatus): Look {
  const parked: StepStatus = { step: 'node/k8s-redis/join', state: 'parked', parkId: 'run:1' };
  const status: ApplyStatus = {
    cluster: 'ecoeco',
    planDigest: '0123456789abcdef',
    stage: 'nodes and waves',
    network: [other],
    verify: { step: 'verify/cluster', state: 'not begun' },
    nodes: [],
    waves: [],
    parked: [parked],
    skipped: [],
    stopping: false,
  };
  return { apply: { state: 'open', startedAtMs: 0, status, nodes: [], waves: [], activities: [] } };
}

describe('follow, when it is to leave as soon as only a person can help', () => {
  it.each([
    ['runs', { step: 'network/vpc', state: 'running' }],
    ['pauses before its next try', { step: 'network/vpc', state: 'retrying', note: 'tries again: AWS is throttling' }],
  ] as const)('stays while another step %s', async (_, other) => {
    const look = parkedBeside(other);

    expect((await following([look, look, look], { leaveWhenParked: true })).end).toEqual({ reason: 'ended' });
  });

  it.each(['waits for k8s-redis', 'tries again: what only looks like it'])(
    'leaves when every other step is done, or waits for the parked one, however it is put: %s',
    async (note) => {
      const look = parkedBeside({ step: 'network/vpc', state: 'waiting', note });

      expect((await following([look, look, look], { leaveWhenParked: true })).end).toEqual({ reason: 'parked' });
    },
  );
});

describe('follow, when the run that holds the cluster is parked', () => {
  const door = {
    phase: 'waiting for the cluster',
    busyWith: 'cluster/ecoeco holds the lock since noon (kim)',
  } as const;
  const { apply: holder } = parkedBeside({ step: 'network/vpc', state: 'done' });
  const behind: Look = { door, ...(holder === undefined ? {} : { holder }) };

  it('says so, and leaves where nobody shall be waited for', async () => {
    const { end, stdout } = await following([behind, behind, behind], { leaveWhenParked: true });

    expect(end).toEqual({ reason: 'parked' });
    expect(stdout).toContain('(kim); that run is parked on node/k8s-redis/join and waits for a person');
  });

  it('says so, and waits otherwise', async () => {
    const { end, stdout } = await following([behind, behind, behind]);

    expect(end).toEqual({ reason: 'ended' });
    expect(stdout).toContain('that run is parked on node/k8s-redis/join and waits for a person');
  });
});

describe('follow, on a terminal of 80 columns', () => {
  const size = { columns: 80, rows: 24 };
  const shown = (stdout: string): string => stdout.replaceAll(/\u001b\[\d*[A-Z]/g, '').replaceAll(/\s+/g, ' ');
  const { apply: holder } = parkedBeside({ step: 'network/vpc', state: 'done' });
  const busyWith = 'cluster/ecoeco holds the lock since 2026-11-28T08:17:49.625Z (kim)';
  const behind: Look = {
    door: { phase: 'waiting for the cluster', busyWith },
    ...(holder === undefined ? {} : { holder }),
  };

  it('shows to its end on what the run that holds the cluster waits, and leaves that on the screen', async () => {
    const { stdout } = await following([behind, behind, behind], { size, leaveWhenParked: true });

    const [, left = ''] = stdout.split('\u001b[J').slice(-2);
    expect(shown(stdout)).toContain('is parked on node/k8s-redis/join and waits for a person');
    expect(shown(left)).toContain('is parked on node/k8s-redis/join and waits for a person');
  });

  it('shows the other roll-outs that wait, before any plan is carried out', async () => {
    const others = [
      { id: 'another', status: { phase: 'waiting for approval', planDigest: 'fedcba', changes: 1 } as const },
    ];
    const { stdout } = await following([{ ...planning, others }], { size });

    expect(shown(stdout)).toContain('another waits for approval of 1 change: npx groundswell approve fedcba');
  });
});

describe('follow, in a pipe, when a run is paused', () => {
  it('says when it is no longer paused, and nothing of it while no worker tells', async () => {
    const { apply } = parkedBeside({ step: 'network/vpc', state: 'done' });
    if (apply?.status === undefined) throw new Error('no status');
    const { status: _, ...unseen } = apply;
    const paused = { by: 'kim', reason: 'demo', since: '2026-11-28T08:18:31Z' };
    const look = { apply: { ...apply, status: { ...apply.status, paused } } };

    const still = await following([look, { apply: unseen, gap: 'no worker' }, look]);
    const over = await following([look, { apply }]);

    expect(still.stdout).not.toContain('no longer paused');
    expect(over.stdout).toMatch(/PAUSED by kim[^]*no longer paused/);
  });
});

describe('follow, before a plan is carried out', () => {
  it.each([undefined, { columns: 100, rows: 24 }])(
    'says what planning waits for, and then which plan waits and what to type (terminal: %o)',
    async (size) => {
      const throttled = 'DescribeInstances: RequestLimitExceeded, asked again';
      const approval: Look = {
        door: { phase: 'waiting for approval', planDigest: '0123456789abcdef', changes: 93 },
      };
      const { stdout } = await following(
        [
          { ...planning, doing: throttled },
          { door: { phase: 'planning', note: 'tries again: AWS is throttling' } },
          approval,
        ],
        size === undefined ? {} : { size },
      );

      expect(stdout).toContain(`planning: ${throttled}`);
      expect(stdout).toContain('planning: tries again: AWS is throttling');
      expect(stdout).toContain('waits for approval of 93 changes → npx groundswell approve 0123456789ab');
    },
  );
});

describe('follow, when only the Temporal server answers', () => {
  it('shows what the server knows, and what is missing', async () => {
    const activities = [{ workflowId: 'cluster/ecoeco/node/k8s-redis', name: 'joinNode', attempt: 2 }];
    const apply = { state: 'open', startedAtMs: 0, nodes: [], waves: [], activities } as const;
    const gap = 'no worker polls the task queue groundswell: the Temporal server alone knows no more than this';
    const { stdout } = await following([{ apply, gap }], { size: { columns: 100, rows: 24 } });

    expect(stdout).toContain('cluster/ecoeco/node/k8s-redis  joinNode, attempt 2');
    expect(stdout).toContain(gap);
    expect(stdout).toContain('→ npx groundswell worker');
  });
});

describe('follow, when the worker is gone', () => {
  it('says in a pipe, once, that no worker answers and what to type, and that it answers again', async () => {
    const { stderr } = await following([planning, noWorker, noWorker, noWorker, planning]);

    expect(stderr).toBe(
      'no worker answers on the task queue groundswell; nothing is lost; the next worker continues it → npx groundswell worker\n' +
        'Temporal or the worker answers again\n',
    );
  });

  it('says nothing in a pipe of a single question that a busy worker missed', async () => {
    const { stderr } = await following([planning, noWorker, planning]);

    expect(stderr).toBe('');
  });

  it('keeps the table on a terminal, says below it what is the matter and what to type, whole on 80 columns, and takes it back', async () => {
    const { stdout, stderr } = await following([planning, noWorker, noWorker, planning], {
      size: { columns: 80, rows: 24 },
    });

    const frames = stdout.split('\r').map((frame) => frame.replaceAll(/\u001b\[\d*[A-Z]/g, ''));
    const below = (text: string): readonly boolean[] => frames.slice(1, 5).map((frame) => frame.includes(text));
    expect(below('ecoeco  planning\n')).toEqual([true, true, true, true]);
    expect(below('Ctrl-C leaves')).toEqual([true, false, false, true]);
    expect(below('the worker has not answered yet')).toEqual([false, true, false, false]);
    expect(below('→ npx groundswell worker\n')).toEqual([false, false, true, false]);
    expect(stderr).toBe('');
  });
});
