import { Client, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { allWorkflowNames, ofWorkflow } from '../model/names/workflow-names.js';
import { Worker, type NativeConnection, type WorkflowBundleOption } from '@temporalio/worker';

/** An open run that this build of the workflows cannot replay. */
export interface RefusedRun {
  readonly workflowId: string;
  readonly runId: string;
  /** The difference, in one line. */
  readonly reason: string;
}

export interface OpenRuns {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly workflowBundle: WorkflowBundleOption;
}

/** Name of the worker that replays; it has no task queue. */
export const replayName = 'open-runs';

/** gRPC's UNIMPLEMENTED: the server cannot list workflows by query, as Temporal's time-skipping test server cannot. */
const unimplemented = 12;

/**
 * Replays every open run of our workflows against this build, before the worker takes their tasks. Without this, a run
 * of another build could stand still without a word. Returns the runs that do not replay. Reads only histories.
 */
export async function replayOpenRuns({
  connection,
  namespace,
  workflowBundle,
}: OpenRuns): Promise<readonly RefusedRun[]> {
  const { workflow } = new Client({ connection, namespace });
  const open = workflow.list({ query: `${ofWorkflow(...allWorkflowNames)} AND ExecutionStatus = 'Running'` });
  const refused: RefusedRun[] = [];
  try {
    const replays = Worker.runReplayHistories({ workflowBundle, replayName }, open.intoHistories({ concurrency: 2 }));
    for await (const { workflowId, runId, error } of replays) {
      if (error !== undefined) refused.push({ workflowId, runId, reason: error.message.split('\n')[0] ?? '' });
    }
  } catch (error) {
    const cause = error instanceof ServiceError ? error.cause : error;
    const code: number | undefined = isGrpcServiceError(cause) ? cause.code : undefined;
    if (code !== unimplemented) throw error;
  }
  return refused;
}

/** The text for an operator about a refused run: what, why, and the two ways out. */
export function refusedLine(run: RefusedRun): string {
  const { workflowId, runId, reason } = run;
  const what = `${workflowId} (run ${runId}): another build began this run, and this build would continue it in a different way: ${reason}`;
  return `${what}. ${refusedAdvice(run)}`;
}

/** The two ways out. */
export function refusedAdvice({ workflowId }: Pick<RefusedRun, 'workflowId'>): string {
  return (
    `Start a worker of that build until the run ends, or give the run up: temporal workflow terminate -w ${workflowId}, ` +
    'then npx groundswell up, which finds the existing parts and makes nothing twice'
  );
}
