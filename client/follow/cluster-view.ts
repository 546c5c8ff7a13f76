import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type {
  BrokenRun,
  ActivitySnapshot,
  ApplySnapshot,
  FrontDoorSnapshot,
  RollOutSnapshot,
  RunState,
} from '../../model/status/status-snapshot.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { ApplyStatus, NodeStatus, StepStatus, WaveStatus } from '../../model/status/status.js';
import { applyStatusQuery, nodeStatusQuery, waveStatusQuery } from '../../workflows/contract/message-definitions.js';
import { childWorkflowIds, applyWorkflowId, nodeWorkflowId, waveWorkflowId } from '../../model/names/workflow-ids.js';
import { frontDoorNames, ofWorkflow } from '../../model/names/workflow-names.js';
import { parkedStepsKey } from '../../workflows/contract/search-attributes.js';
import type { ApplyPlanResult } from '../../workflows/contract/inputs.js';
import { askStatus, pendingActivities, requireWorker, type Asked } from '../runs/ask-temporal.js';
import { brokenRuns } from '../runs/broken-runs.js';
import { noteRunningSteps } from './note-running-steps.js';
import { describeRun } from '../runs/describe-run.js';
import { explainError } from '../explain-error.js';
import { frontDoorsOf } from '../runs/front-doors.js';

/** Looks at the roll-outs of one cluster again and again. */
export interface ClusterView {
  /** Looks at everything. When no worker answers, the look holds only the server's own knowledge, and `gap` says so. */
  take(): Promise<RollOutSnapshot>;
  /**
   * Looks in the same way, for callers that look often. It names only the broken runs that it meets, and does not
   * search all runs.
   */
  takeQuickly(): Promise<RollOutSnapshot>;
  /** The run that holds the lock, or the last one. Fails with `WorkerUnreachable`. */
  takeApply(): Promise<ApplySnapshot | undefined>;
}

/** Creates a view that asks each child once more after its end, and never again. */
export function createClusterView(client: Client, cluster: string): ClusterView {
  const finished = new Map<string, readonly StepStatus[]>();
  const describeLock = () => describeRun(client, { workflowId: applyWorkflowId(cluster) });
  return {
    async takeApply() {
      const lock = await describeLock();
      return lock === undefined ? undefined : withWorker({ client, lock, finished, broken: [] });
    },
    async take() {
      return { ...(await takeQuickly()), ...(await brokenOf(client, cluster)) };
    },
    takeQuickly,
  };

  async function takeQuickly(): Promise<RollOutSnapshot> {
    const lock = await describeLock();
    try {
      // a query without a polling worker would cost its whole time-out
      await requireWorker(client);
      const frontDoors = await frontDoorsOf(client, cluster, { ask: true });
      const apply = lock === undefined ? undefined : await withWorker({ client, lock, finished, broken: [] });
      return { cluster, frontDoors, ...(apply === undefined ? {} : { apply }) };
    } catch (error) {
      if (!(error instanceof RolloutError) || error.type !== 'WorkerUnreachable') throw error;
      const frontDoors: readonly FrontDoorSnapshot[] = await frontDoorsOf(client, cluster, { ask: false });
      const gap = `${error.message}: the Temporal server alone knows no more than this; npx groundswell worker starts one`;
      return {
        cluster,
        frontDoors,
        gap,
        ...(lock === undefined ? {} : { apply: await describedOnly(client, lock) }),
      };
    }
  }
}

/** Finds broken runs among the lock, its children, children of older runs, and front doors. */
async function brokenOf(client: Client, cluster: string): Promise<Pick<RollOutSnapshot, 'broken'>> {
  const children = `WorkflowId STARTS_WITH '${childWorkflowIds(cluster)}'`;
  const { broken } = await brokenRuns(
    client,
    `(WorkflowId = '${applyWorkflowId(cluster)}' OR ${children} OR ${ofWorkflow(...frontDoorNames)})`,
  );
  return broken.length === 0 ? {} : { broken };
}

interface Asking {
  readonly client: Client;
  readonly lock: WorkflowExecutionDescription;
  readonly finished: Map<string, readonly StepStatus[]>;
  /** Children that could not answer in this look. */
  readonly broken: BrokenRun[];
}

async function withWorker(asking: Asking): Promise<ApplySnapshot> {
  const { client, lock } = asking;
  const { status, broken } = await askStatus(client, lock, applyStatusQuery);
  if (broken !== undefined) return { ...(await describedOnly(client, lock)), broken: [broken] };
  const state = await runState(client, lock);
  if (status === undefined) return { ...withoutWorker(lock), state };
  const [nodes, waves] = await Promise.all([nodeStatuses(asking, status), waveStatuses(asking, status)]);
  const own = { ...status, network: withNotes(lock, status.network), verify: withNote(lock, status.verify) };
  const snapshot = { ...withoutWorker(lock), state, status: own, nodes, waves };
  return asking.broken.length === 0 ? snapshot : { ...snapshot, broken: asking.broken };
}

function withoutWorker(lock: WorkflowExecutionDescription): ApplySnapshot {
  return {
    state: openOrClosed(lock),
    startedAtMs: lock.startTime.getTime(),
    ...(lock.closeTime === undefined ? {} : { endedAtMs: lock.closeTime.getTime() }),
    nodes: [],
    waves: [],
    activities: pendingActivities(lock),
  };
}

/**
 * Describes the lock from the server's own knowledge: the activities of its open children, and the parked steps that it
 * records.
 */
async function describedOnly(client: Client, lock: WorkflowExecutionDescription): Promise<ApplySnapshot> {
  const ids = (lock.raw.pendingChildren ?? []).flatMap(({ workflowId }) => workflowId ?? []);
  const children = await Promise.all(ids.slice(0, 100).map((workflowId) => describeRun(client, { workflowId })));
  const activities = children.flatMap((child) => (child === undefined ? [] : pendingActivities(child)));
  const own = withoutWorker(lock);
  return { ...own, activities: [...own.activities, ...activities, ...parkedSearchAttribute(lock)] };
}

function parkedSearchAttribute(lock: WorkflowExecutionDescription): readonly ActivitySnapshot[] {
  const steps = lock.typedSearchAttributes.get(parkedStepsKey) ?? [];
  return steps.map((step) => ({ workflowId: lock.workflowId, name: step, attempt: 1, parked: true }));
}

const closedStates: Readonly<Partial<Record<WorkflowExecutionDescription['status']['name'], RunState>>> = {
  RUNNING: 'open',
  COMPLETED: 'done',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed out',
};

function openOrClosed(lock: WorkflowExecutionDescription): RunState {
  return closedStates[lock.status.name] ?? 'open';
}

async function runState(client: Client, lock: WorkflowExecutionDescription): Promise<RunState> {
  const state = openOrClosed(lock);
  if (state !== 'done' && state !== 'failed') return state;
  try {
    const handle = client.workflow.getHandle<() => Promise<ApplyPlanResult>>(lock.workflowId, lock.runId);
    return (await handle.result()).outcome;
  } catch (error) {
    return explainError(error).type === 'Aborted' ? 'aborted' : state;
  }
}

async function nodeStatuses(asking: Asking, { cluster, nodes }: ApplyStatus): Promise<readonly NodeStatus[]> {
  const begun = nodes.filter(({ state }) => state !== 'untouched' && state !== 'not begun');
  return Promise.all(
    begun.map(async ({ name, state }) => {
      const workflowId = nodeWorkflowId(cluster, name);
      const steps = await childSteps(asking, { workflowId, open: state === 'open' }, () =>
        askStatus(asking.client, { workflowId }, nodeStatusQuery),
      );
      return { node: name, steps };
    }),
  );
}

async function waveStatuses(asking: Asking, { cluster, waves }: ApplyStatus): Promise<readonly WaveStatus[]> {
  const begun = waves.filter(({ state }) => state !== 'untouched' && state !== 'not begun');
  return Promise.all(
    begun.map(async ({ wave, state }) => {
      const workflowId = waveWorkflowId(cluster, wave);
      const steps = await childSteps(asking, { workflowId, open: state === 'open' }, () =>
        askStatus(asking.client, { workflowId }, waveStatusQuery),
      );
      return { wave, steps };
    }),
  );
}

async function childSteps(
  { client, lock, finished, broken: brokenChildren }: Asking,
  child: { readonly workflowId: string; readonly open: boolean },
  ask: () => Promise<Asked<{ readonly steps: readonly StepStatus[] }>>,
): Promise<readonly StepStatus[]> {
  const key = `${lock.runId} ${child.workflowId}`;
  const known = finished.get(key);
  if (known !== undefined) return known;
  const { status, broken } = await ask();
  if (broken !== undefined) brokenChildren.push(broken);
  const steps = status?.steps ?? [];
  if (!child.open) finished.set(key, steps);
  return child.open && steps.some((step) => step.state === 'running')
    ? withProgress(client, child.workflowId, steps)
    : steps;
}

/** Adds the last progress of the activity of each running step: a sentence that says what the step waits for. */
async function withProgress(
  client: Client,
  workflowId: string,
  steps: readonly StepStatus[],
): Promise<readonly StepStatus[]> {
  const description = await describeRun(client, { workflowId });
  return description === undefined ? steps : withNotes(description, steps);
}

function withNotes(description: WorkflowExecutionDescription, steps: readonly StepStatus[]): readonly StepStatus[] {
  return noteRunningSteps(steps, pendingActivities(description));
}

function withNote(description: WorkflowExecutionDescription, step: StepStatus): StepStatus {
  return withNotes(description, [step])[0] ?? step;
}
