import { RolloutError } from '../../model/rollout-error.js';
import type {
  RollOutClusterInput,
  RollOutClusterResult,
  TearDownClusterInput,
} from '../../workflows/contract/inputs.js';
import { frontDoorStatusQuery } from '../../workflows/contract/message-definitions.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { FrontDoorStatus } from '../../model/status/status.js';
import type { WorkflowName } from '../../model/names/workflow-names.js';
import { defaultBy } from '../config.js';
import { exitCodeOfResult, exitCodes } from '../exit-codes.js';
import { lastProgressOf, queryStatus, requireWorker } from '../runs/ask-temporal.js';
import { waitForCtrlC, endOfRun } from '../runs/run-handle.js';
import { workflowId } from '../runs/workflow-id.js';
import type { Session } from '../session.js';
import { answerApproval } from './answer-approval.js';
import { detachedText } from './detached-text.js';
import type { Presence, StartedRun } from './run-at-terminal.js';
import { createClusterView, type ClusterView } from './cluster-view.js';
import { follow, type FollowEnd } from './follow.js';
import type { Look } from './narrator.js';
import { outcomeLines } from './outcome.js';

/** The input for the start of a front door. */
export interface RunToStart extends Presence {
  /** Type of its workflow. */
  readonly workflow: WorkflowName;
  /** The noun for the run. The id begins with it, and outputs use it. */
  readonly noun: 'roll-out' | 'tear-down';
  readonly cluster: string;
  /** Who starts it. Default: `user@host`. */
  readonly by: string | undefined;
  readonly input: Omit<RollOutClusterInput, 'by'> | Omit<TearDownClusterInput, 'by'>;
}

type FrontDoorInput = RollOutClusterInput | TearDownClusterInput;

/** Fails with `UsageInvalid` when a plan needs an answer and nobody can be asked. */
export function requireAnswers(
  { canAsk }: Pick<Session, 'canAsk'>,
  { command, yes, wait, json }: { readonly command: string; yes: boolean; wait: boolean; json: boolean },
): void {
  if (yes || !wait || (canAsk && !json)) return;
  throw new RolloutError(
    'UsageInvalid',
    `${command}: cannot ask for approval, because this is not a terminal; add --yes to approve the plan, or --no-wait and approve it with \`npx groundswell approve\``,
  );
}

/**
 * Starts a front door. Fails with `TemporalUnreachable`, and with `WorkerUnreachable` when no worker would take the
 * run.
 */
export async function startRun(session: Session, wanted: RunToStart): Promise<StartedRun> {
  const { workflow, noun, cluster, by = defaultBy(), input, ...presence } = wanted;
  const client = await session.connect();
  await requireWorker(client);
  const id = workflowId(noun, cluster);
  const handle = await client.workflow.start<(input: FrontDoorInput) => Promise<RollOutClusterResult>>(workflow, {
    workflowId: id,
    taskQueue,
    args: [{ by, ...input }],
    staticSummary: `${noun} of ${cluster} by ${by}`,
  });
  const end = endOfRun<RollOutClusterResult>(client, { workflowId: id, runId: handle.firstExecutionRunId });
  session.output.note(`${noun}: ${id}`);
  const isApproved = noun === 'tear-down';
  return { ...presence, session, client, by, cluster, id, isApproved, startedAtMs: Date.now(), end };
}

/**
 * Follows a run to its end, or until this command has no more part in it. Asks for approval on the way. Returns the
 * exit code.
 */
export async function followToEnd(run: StartedRun): Promise<number> {
  const { session, client, cluster, wait } = run;
  const detached = waitForCtrlC();
  const view = createClusterView(client, cluster);
  let phase: FrontDoorStatus['phase'] = 'planning';
  const look = async (): Promise<Look> => {
    const seen = await lookAt(run, view);
    phase = seen.door?.phase ?? phase;
    return seen;
  };
  for (;;) {
    const end = await follow({
      output: session.output,
      cluster,
      detached,
      ended: run.end.then(() => undefined),
      leaveForApproval: true,
      leaveWhenParked: !wait,
      look,
    });
    const exitCode = end.reason === 'approval' ? await answerApproval(run, end.door) : await leave(run, end, phase);
    if (exitCode !== undefined) return exitCode;
  }
}

async function lookAt({ client, id }: StartedRun, view: ClusterView): Promise<Look> {
  const door = await queryStatus(client, { workflowId: id }, frontDoorStatusQuery);
  const doing = door?.phase === 'planning' ? await lastProgressOf(client, { workflowId: id }) : undefined;
  const seen = { ...(door === undefined ? {} : { door }), ...(doing === undefined ? {} : { doing }) };
  const waits = door?.phase === 'waiting for the cluster';
  const apply = waits || door?.phase === 'applying' ? await view.takeApply() : undefined;
  if (apply === undefined) return seen;
  return { ...seen, ...(waits ? { holder: apply } : { apply }) };
}

async function leave(run: StartedRun, { reason }: FollowEnd, phase: FrontDoorStatus['phase']): Promise<number> {
  const { session, id, cluster } = run;
  const { output } = session;
  if (reason === 'detached') {
    output.progress(detachedText(phase, run.isApproved));
    output.json({ id, cluster, detached: true });
    return exitCodes.detached;
  }
  if (reason === 'parked') {
    output.progress('the run waits for a person; npx groundswell status shows why');
    output.json({ id, cluster, parked: true });
    return exitCodes.parked;
  }
  const end = await run.end;
  if (!end.ok) throw end.error;
  output.json({ id, ...end.result });
  for (const line of outcomeLines(end.result, Date.now() - run.startedAtMs)) output.progress(line);
  return exitCodeOfResult(end.result);
}
