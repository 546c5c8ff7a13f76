import type { ActivityPart } from '../../../model/names/activity-step.js';
import type { MessagePayload, SignalName, UpdateName } from '../../../model/messages.js';
import type { PlannedNode } from '../../../model/plan/plan.js';
import type {
  ActivityFact,
  MessageFact,
  RollOutFacts,
  RunFacts,
  SignalFact,
  TimerFact,
} from '../../../model/report/run-facts.js';
import type { StepId } from '../../../model/steps.js';
import type { RollOutNodeInput, RollOutWaveInput } from '../../../workflows/contract/inputs.js';

/** 2026-11-25T12:00:00Z: all times of these facts are seconds since then. */
export const startMs = Date.UTC(2026, 10, 25, 12);
export const at = (seconds: number): number => startMs + seconds * 1_000;

/** An activity from `scheduled` (and `begun`, where it waited) to `ended`, in seconds. */
export function anActivity(
  part: ActivityPart,
  times: { readonly scheduled: number; readonly begun?: number; readonly ended?: number },
  given: Partial<ActivityFact> = {},
): ActivityFact {
  const { scheduled, begun = scheduled, ended } = times;
  return {
    part,
    queue: 'groundswell',
    scheduledAtMs: at(scheduled),
    startedAtMs: at(begun),
    attempts: 1,
    outcome: ended === undefined ? 'open' : 'completed',
    ...(ended === undefined ? {} : { endedAtMs: at(ended) }),
    ...given,
  };
}

export function aRun(workflowId: string, given: Partial<RunFacts> = {}): RunFacts {
  return {
    workflowId,
    runId: `run of ${workflowId}`,
    state: 'done',
    startedAtMs: startMs,
    input: {},
    activities: [],
    timers: [],
    received: [],
    sent: [],
    updates: [],
    workerGaps: [],
    ...given,
  };
}

/** A message with exactly what it carries: one that nobody sends does not compile. */
export function aMessage<Name extends SignalName | UpdateName>(
  name: Name,
  seconds: number,
  payload: MessagePayload<Name>,
): MessageFact<Name> {
  return { name, atMs: at(seconds), payload };
}

const aPlan = { cluster: 'demo', digest: 'sha256:0123456789abcdef', artifact: 'sha256/01' };
const aLock = { workflowId: 'cluster/demo', runId: 'run of cluster/demo' };

/** Of the input of a node's roll-out, what the report reads. */
export function nodeInput(name: string, role: PlannedNode['role']): RollOutNodeInput {
  const node = { name, role, generation: 1, op: 'create' as const, data: [] };
  return { plan: aPlan, node, parent: aLock, controlPlaneReady: false, paused: false };
}

/** The same of a wave with one unit. */
export function waveInput(name: string, nodes: readonly string[]): RollOutWaveInput {
  const units = [{ name, nodes, wave: 0, op: 'create' as const, digest: 'sha256:0' }];
  return { plan: aPlan, wave: 0, units, parent: aLock, readyNodes: [], skippedNodes: [], paused: false };
}

export function aTimer(step: StepId, from: number, to?: number): TimerFact {
  return {
    step,
    failureType: 'KubeadmFailed',
    startedAtMs: at(from),
    ...(to === undefined ? {} : { endedAtMs: at(to) }),
  };
}

const nodeStep = (node: string, part: string): { step: StepId } => ({
  step: `node/${node}/${part === 'instance' ? 'instance' : part === 'join' ? 'join' : part === 'init' ? 'init' : 'prepared'}`,
});

/**
 * A roll-out of 120 seconds: a control plane that answers after 60, a worker that fails to join once and then parks until
 * kim answers, and one unit on that worker.
 */
export function someFacts(): RollOutFacts {
  const failure = { type: 'KubeadmFailed', message: 'k8s-redis: [ERROR CRI] <no runtime>' };
  const ansible = { queue: 'groundswell-ansible' };
  const join = { ...ansible, ...nodeStep('k8s-redis', 'join') };
  const lock = aRun('cluster/demo', {
    endedAtMs: at(120),
    input: { plan: { cluster: 'demo', digest: 'sha256:0123456789abcdef' }, by: 'kim' },
    activities: [
      anActivity('confirmPlan', { scheduled: 0, ended: 1 }),
      anActivity('vpc', { scheduled: 1, ended: 4 }, { step: 'network/vpc' }),
      anActivity('key-pair', { scheduled: 1, ended: 2 }, { step: 'network/key-pair' }),
      anActivity('route-table', { scheduled: 4, ended: 5 }, { step: 'network/route-table' }),
      anActivity('verify', { scheduled: 117, ended: 119 }, { step: 'verify/cluster' }),
    ],
    updates: [
      aMessage('resolve', 95, {
        step: 'node/k8s-redis/join',
        action: 'retry',
        by: 'kim',
        reason: 'started containerd',
      }),
    ],
  });
  const master = aRun('cluster/demo/node/k8s-master', {
    startedAtMs: at(5),
    endedAtMs: at(70),
    input: nodeInput('k8s-master', 'control-plane'),
    activities: [
      anActivity('instance', { scheduled: 5, ended: 15 }, nodeStep('k8s-master', 'instance')),
      anActivity(
        'prepared',
        { scheduled: 15, begun: 20, ended: 40 },
        { ...ansible, ...nodeStep('k8s-master', 'prepared') },
      ),
      anActivity('init', { scheduled: 40, ended: 59 }, { ...ansible, ...nodeStep('k8s-master', 'init') }),
    ],
  });
  const redis = aRun('cluster/demo/node/k8s-redis', {
    startedAtMs: at(5),
    endedAtMs: at(105),
    input: nodeInput('k8s-redis', 'worker'),
    activities: [
      anActivity('prepared', { scheduled: 6, ended: 30 }, { ...ansible, ...nodeStep('k8s-redis', 'prepared') }),
      anActivity('join', { scheduled: 60, ended: 65 }, { ...join, outcome: 'failed', failure }),
      anActivity('join', { scheduled: 70, ended: 75 }, { ...join, outcome: 'failed', failure }),
      anActivity('join', { scheduled: 96, ended: 104 }, join),
    ],
    timers: [aTimer('node/k8s-redis/join', 65, 70)],
    received: [
      aMessage('controlPlaneReady', 60, undefined),
      aMessage('decided', 96, { parkId: 'redis:1', action: 'retry', by: 'kim', reason: 'started containerd' }),
    ],
    sent: [
      aMessage('parked', 75, {
        step: 'node/k8s-redis/join',
        parkId: 'redis:1',
        failure: { ...failure, advice: 'look at the log', attempts: 2 },
        workflowId: 'cluster/demo/node/k8s-redis',
        since: '2026-11-25T12:01:15Z',
      }),
    ],
  });
  const wave = aRun('cluster/demo/wave/0', {
    startedAtMs: at(5),
    endedAtMs: at(116),
    input: waveInput('redis', ['k8s-master', 'k8s-redis']),
    received: [
      aMessage('nodesReady', 71, { nodes: ['k8s-master'] }),
      aMessage('nodesReady', 106, { nodes: ['k8s-master', 'k8s-redis'] }),
    ],
    activities: [
      anActivity('apply', { scheduled: 106, ended: 108 }, { step: 'wave/0/redis' }),
      anActivity('gate', { scheduled: 108, ended: 115 }, { step: 'wave/0/redis' }),
    ],
  });
  const frontDoor = aRun('front-door', {
    startedAtMs: at(-100),
    endedAtMs: at(121),
    activities: [
      anActivity('makePlan', { scheduled: -99, ended: -95 }),
      anActivity('makePlan', { scheduled: -39, ended: -35 }),
      anActivity('waitUntilClosed', { scheduled: -30, ended: -2 }),
    ],
    updates: [aMessage('approve', -40, { by: 'lee', digest: '0123' })],
  });
  return { lock, children: [master, redis, wave], frontDoor, readAtMs: at(500) };
}

/**
 * A roll-out of one unit on two workers, of which `k8s-slow` is ready after 105 seconds and `k8s-fast`, which its plan names
 * last, after 20. `told` is what the lock told the wave. Where the unit was not applied, it and `k8s-slow` are open at 200.
 */
export function waitingForNodes({
  told,
  applyAt,
}: {
  readonly told: readonly SignalFact[];
  readonly applyAt?: number;
}): RollOutFacts {
  const open = { state: 'open' as const };
  const ready = (node: string, seconds: number | undefined): RunFacts =>
    aRun(`cluster/demo/node/${node}`, {
      startedAtMs: at(5),
      ...(seconds === undefined ? open : { endedAtMs: at(seconds) }),
      input: nodeInput(node, 'worker'),
      activities: [
        anActivity(
          'ready',
          { scheduled: 6, ...(seconds === undefined ? {} : { ended: seconds }) },
          { step: `node/${node}/ready` },
        ),
      ],
    });
  const input = waveInput('search', ['k8s-slow', 'k8s-fast']);
  const begun = { startedAtMs: at(5), input, received: told };
  const wave = (applied: number): Partial<RunFacts> => ({
    ...begun,
    endedAtMs: at(applied + 5),
    activities: [
      anActivity('apply', { scheduled: applied, ended: applied + 1 }, { step: 'wave/0/search' }),
      anActivity('gate', { scheduled: applied + 1, ended: applied + 4 }, { step: 'wave/0/search' }),
    ],
  });
  return {
    lock: aRun('cluster/demo', applyAt === undefined ? open : { endedAtMs: at(applyAt + 6) }),
    children: [
      ready('k8s-slow', applyAt === undefined ? undefined : 105),
      ready('k8s-fast', 20),
      aRun('cluster/demo/wave/0', applyAt === undefined ? { ...begun, ...open } : wave(applyAt)),
    ],
    readAtMs: at(200),
  };
}
