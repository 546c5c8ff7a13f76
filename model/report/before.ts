import { updateNames } from '../messages.js';
import { activityNames } from '../names/activity-names.js';
import type { Stretch, TimeKind } from './lane.js';
import { messagesNamed, textIn } from './messages-named.js';
import { partition } from './partition.js';
import type { RunFacts, UpdateFact } from './run-facts.js';

/** The time before the apply of a plan, in its front door. The four times add up to `ms`. */
export interface Before {
  readonly workflowId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly ms: number;
  readonly planningMs: number;
  /** For a person to approve the plan. */
  readonly approvalMs: number;
  /** For another run to give the lock of the cluster back. */
  readonly lockMs: number;
  readonly betweenMs: number;
  /** Name of the person who approved it, as claimed. */
  readonly approvedBy?: string;
}

/** Computes what went before the moment at which the lock was taken. */
export function timeBeforeLock(door: RunFacts, lockAtMs: number): Before {
  const span = { fromMs: door.startedAtMs, toMs: Math.max(door.startedAtMs, lockAtMs) };
  const approvals = messagesNamed(door.updates, updateNames.approve).filter(({ atMs }) => atMs <= span.toMs);
  const stretches = partition(span, [
    ...door.activities.map((activity) => claim(activity, span.toMs)),
    ...approvals.map((approval) => waited(door, approval)),
  ]);
  const of = (kind: TimeKind): number =>
    stretches.reduce((sum, { fromMs, toMs, ...stretch }) => sum + (stretch.kind === kind ? toMs - fromMs : 0), 0);
  const last = approvals.at(-1);
  const by = last === undefined ? undefined : textIn(last, 'by');
  return {
    workflowId: door.workflowId,
    startedAt: new Date(door.startedAtMs).toISOString(),
    ms: span.toMs - span.fromMs,
    planningMs: of('work'),
    approvalMs: of('person'),
    lockMs: of('queue'),
    betweenMs: of('hand-over'),
    ...(by === undefined ? {} : { approvedBy: by }),
  };
}

/** One activity waits for the lock, again and again; all others read, look and plan. */
function claim({ part, scheduledAtMs, endedAtMs }: RunFacts['activities'][number], untilMs: number): Stretch {
  const kind = part === activityNames.waitUntilClosed ? 'queue' : 'work';
  return { kind, fromMs: scheduledAtMs, toMs: endedAtMs ?? untilMs };
}

/** An approval was waited for since the plan before it was there. */
function waited({ activities, startedAtMs }: RunFacts, { atMs }: UpdateFact): Stretch {
  const plans = activities.filter(
    ({ part, endedAtMs = Infinity }) => part === activityNames.makePlan && endedAtMs <= atMs,
  );
  return { kind: 'person', fromMs: plans.at(-1)?.endedAtMs ?? startedAtMs, toMs: atMs };
}
