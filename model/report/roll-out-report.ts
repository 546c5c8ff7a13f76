import { parseStep } from '../names/parse-step.js';
import { parseWorkflowId } from '../names/workflow-ids.js';
import type { RunState } from '../status/status-snapshot.js';
import { textAt } from '../json-value.js';
import { timeBeforeLock, type Before } from './before.js';
import { criticalPath, type PathPart } from './critical-path.js';
import { lanesOf } from './lanes-of.js';
import { planLane, timeKinds, type Lane, type TimeKind } from './lane.js';
import { parksOf, pausesOf, type Park, type Pause } from './parks.js';
import { union } from './partition.js';
import { planDigest } from './plan-digest.js';
import type { Interval, RollOutFacts } from './run-facts.js';

/** A share of the wall time: what kind of time, of which part of the work. */
export interface Minutes {
  readonly kind: TimeKind;
  readonly part?: string;
  readonly ms: number;
}

/** A try that failed, and the pause after it. */
export interface FailedTry {
  readonly step: string;
  readonly atMs: number;
  readonly type: string;
  readonly message: string;
}

/** A step in its lane: from the moment it was its turn to its end, pauses and parks included. */
export interface ReportedStep extends Interval {
  readonly step: string;
  readonly workMs: number;
  /** How often work on it began, the gate of a unit not counted as another try. */
  readonly tries: number;
}

export interface ReportedLane extends Lane {
  /** The time of each kind; the sum is `toMs - fromMs`. */
  readonly times: readonly { readonly kind: TimeKind; readonly ms: number }[];
  readonly steps: readonly ReportedStep[];
}

/**
 * Where the time of one roll-out went. All times are milliseconds since `startedAt`, so that two reports can be compared.
 * `version` changes with the meaning of a field.
 */
export interface RollOutReport {
  readonly version: 1;
  readonly cluster: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Of the plan that it carried out last: another one than at its start where people approved one that was made anew. */
  readonly planDigest?: string;
  readonly by?: string;
  readonly state: RunState;
  /** Planning, approval, the wait for the lock; not part of `wallMs`. */
  readonly before?: Before;
  /** ISO 8601. */
  readonly startedAt: string;
  /** From its start to its end, or to the moment of the report while it is open. */
  readonly wallMs: number;
  /** The critical path summed up, longest first. The sum is `wallMs`. */
  readonly minutes: readonly Minutes[];
  readonly criticalPath: readonly PathPart[];
  readonly stages: readonly (Interval & { readonly stage: string; readonly workMs: number })[];
  readonly lanes: readonly ReportedLane[];
  readonly parks: readonly Park[];
  readonly pauses: readonly Pause[];
  readonly failedTries: readonly FailedTry[];
  /** When no worker was there. */
  readonly workerGaps: readonly Interval[];
}

/** Computes the report of one roll-out from what its histories say. Pure: equal facts, equal report. */
export function rollOutReport(facts: RollOutFacts): RollOutReport {
  const { lock, children, frontDoor, readAtMs } = facts;
  const fromMs = lock.startedAtMs;
  const toMs = Math.max(fromMs, lock.endedAtMs ?? readAtMs);
  const lanes = lanesOf(facts);
  const path = criticalPath({ fromMs, toMs }, lanes);
  const since = <T extends Interval>(interval: T): T => ({
    ...interval,
    fromMs: interval.fromMs - fromMs,
    toMs: interval.toMs - fromMs,
  });
  const digest = planDigest(lock);
  const by = textAt(lock.input, 'by');
  return {
    version: 1,
    cluster: textAt(lock.input, 'plan', 'cluster') ?? parseWorkflowId(lock.workflowId)?.cluster ?? lock.workflowId,
    workflowId: lock.workflowId,
    runId: lock.runId,
    ...(digest === undefined ? {} : { planDigest: digest }),
    ...(by === undefined ? {} : { by }),
    state: lock.state,
    ...(frontDoor === undefined ? {} : { before: timeBeforeLock(frontDoor, fromMs) }),
    startedAt: new Date(fromMs).toISOString(),
    wallMs: toMs - fromMs,
    minutes: minutesOf(path),
    criticalPath: path.map(since),
    stages: stagesOf(lanes).map(since),
    lanes: lanes.map((lane) =>
      reported({
        ...since(lane),
        stretches: lane.stretches.map((one) => sinceReleased(since(one), fromMs)),
      }),
    ),
    parks: parksOf(facts).map((park) => sinceOpen(park, fromMs)),
    pauses: pausesOf(lock).map((pause) => sinceOpen(pause, fromMs)),
    failedTries: [lock, ...children]
      .flatMap((run) => run.activities)
      .flatMap(({ step, part, failure, endedAtMs = toMs }): readonly FailedTry[] =>
        failure === undefined ? [] : [{ step: step ?? part, atMs: endedAtMs - fromMs, ...failure }],
      )
      .toSorted((a, b) => a.atMs - b.atMs),
    workerGaps: union([lock, ...children].flatMap((run) => run.workerGaps)).map(since),
  };
}

function sinceOpen<T extends { readonly fromMs: number; readonly toMs?: number }>(interval: T, fromMs: number): T {
  const { toMs } = interval;
  return { ...interval, fromMs: interval.fromMs - fromMs, ...(toMs === undefined ? {} : { toMs: toMs - fromMs }) };
}

function sinceReleased<T extends { readonly released?: { readonly by: string; readonly atMs: number } }>(
  stretch: T,
  fromMs: number,
): T {
  const { released } = stretch;
  return released === undefined ? stretch : { ...stretch, released: { ...released, atMs: released.atMs - fromMs } };
}

/** The time of each kind, and of work for each part of it. */
function minutesOf(path: readonly PathPart[]): readonly Minutes[] {
  const sums = new Map<string, Minutes>();
  for (const pathPart of path) {
    const { kind, fromMs, toMs } = pathPart;
    const part = broadPart(pathPart);
    const named = kind === 'work' && part !== undefined ? { part } : {};
    const key = `${kind} ${named.part ?? ''}`;
    sums.set(key, { kind, ...named, ms: (sums.get(key)?.ms ?? 0) + toMs - fromMs });
  }
  return [...sums.values()].toSorted((a, b) => b.ms - a.ms);
}

/** The few seconds of the network and of the plan are one line each. */
function broadPart({ lane, part }: PathPart): string | undefined {
  if (lane === planLane) return planLane;
  return lane !== undefined && parseStep(lane)?.stage === 'network' ? 'network' : part;
}

/** The time of each kind in a lane, in the order of the kinds, without those that it had none of. */
function kindsOf(lane: Lane): readonly { readonly kind: TimeKind; readonly ms: number }[] {
  return timeKinds.flatMap((kind) => {
    const ms = lane.stretches.reduce((sum, one) => sum + (one.kind === kind ? one.toMs - one.fromMs : 0), 0);
    return ms === 0 ? [] : [{ kind, ms }];
  });
}

function reported(lane: Lane): ReportedLane {
  return { ...lane, times: kindsOf(lane), steps: stepsOf(lane) };
}

function stepsOf({ stretches }: Lane): readonly ReportedStep[] {
  const names = [...new Set(stretches.flatMap(({ step }) => step ?? []))];
  return names.map((step) => {
    const own = stretches.filter((stretch) => stretch.step === step);
    const work = own.filter(({ kind, part }) => kind === 'work' && part !== undefined);
    const first = work[0]?.part;
    return {
      step,
      fromMs: own[0]?.fromMs ?? 0,
      toMs: own.at(-1)?.toMs ?? 0,
      workMs: work.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0),
      tries: work.filter(({ part }) => part === first).length,
    };
  });
}

const stages = [
  { stage: 'network', groups: ['network'] },
  { stage: 'nodes', groups: ['node'] },
  { stage: 'waves', groups: ['unit'] },
  { stage: 'verify', groups: ['verify'] },
] as const;

function stagesOf(lanes: readonly Lane[]): RollOutReport['stages'] {
  return stages.flatMap(({ stage, groups }) => {
    const own = lanes.filter(({ group }) => groups.some((one) => one === group));
    if (own.length === 0) return [];
    const workMs = own.flatMap(kindsOf).reduce((sum, { kind, ms }) => sum + (kind === 'work' ? ms : 0), 0);
    const fromMs = Math.min(...own.map((lane) => lane.fromMs));
    return [{ stage, fromMs, toMs: Math.max(...own.map((lane) => lane.toMs)), workMs }];
  });
}
