import { gunzipSync } from 'node:zlib';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { workflowNames } from '../model/names/workflow-names.js';
import { isFailureType } from '../model/failures.js';
import type { PlanBody } from '../model/plan/plan.js';
import { RolloutError } from '../model/rollout-error.js';
import { artifactsOf } from '../installation/artifact-store.js';
import type { Target } from '../installation/target.js';
import { taskQueue } from '../workflows/contract/task-queues.js';
import type { ArtifactPart, ReadArtifactInput } from '../model/artifacts/artifact-part.js';
import { requireWorker } from './runs/ask-temporal.js';
import { workflowId } from './runs/workflow-id.js';

/** The two sources of a stored artifact: the artifact store of the target, and workers behind Temporal. */
export interface ArtifactSource {
  readonly target: Target;
  readonly client: Client;
}

/** A polling worker answers within seconds; a worker of an older version never answers. */
const answerTimeout = '30 seconds';

/**
 * Reads the text of a plan, as JSON, or of a log. Takes it from the artifact store of this machine, else from the store
 * of a worker, through Temporal. Returns `undefined` when neither has such a growing log.
 *
 * Fails with `ArtifactMissing` when the worker lacks the text too, and with `PlanMissing` for another plan. Fails with
 * `WorkerUnreachable` when no worker polls or answers within 30 seconds.
 */
export async function readArtifact(
  { target, client }: ArtifactSource,
  what: ReadArtifactInput,
): Promise<string | undefined> {
  return (await textHere(target, what)) ?? (await textOfWorker(client, what));
}

/** Returns `undefined` for every error of the store of this machine, because perhaps no worker ever wrote to it. */
async function textHere(target: Target, { plan, log, growingLog }: ReadArtifactInput): Promise<string | undefined> {
  try {
    const store = await artifactsOf(target);
    if (growingLog !== undefined) return await store.growing.read(growingLog);
    if (log !== undefined) return await store.get(log);
    if (plan === undefined) return undefined;
    return planText(JSON.parse(await store.get(plan.artifact)));
  } catch (error) {
    if (error instanceof RolloutError) return undefined;
    throw error;
  }
}

function planText(body: unknown): string | undefined {
  return isPlanBody(body) ? JSON.stringify(body.plan) : undefined;
}

/** Checks that the content is a plan; the hash has already proved the content. */
function isPlanBody(body: unknown): body is PlanBody {
  return typeof body === 'object' && body !== null && 'plan' in body;
}

async function textOfWorker(client: Client, what: ReadArtifactInput): Promise<string | undefined> {
  await requireWorker(client);
  const read: Buffer[] = [];
  for (let part = 0, parts = 1; part < parts; part += 1) {
    const answer = await askForPart(client, { ...what, part });
    if (answer.content === undefined) return undefined;
    read.push(gunzipSync(Buffer.from(answer.content, 'base64')));
    ({ parts } = answer);
  }
  return Buffer.concat(read).toString();
}

async function askForPart({ workflow }: Client, what: ReadArtifactInput): Promise<ArtifactPart> {
  try {
    return await workflow.execute<(input: ReadArtifactInput) => Promise<ArtifactPart>>(workflowNames.readArtifact, {
      workflowId: workflowId('read', what.plan?.cluster ?? 'log'),
      taskQueue,
      args: [what],
      workflowExecutionTimeout: answerTimeout,
      staticSummary: what.plan === undefined ? 'hands a log to a client' : 'hands a plan to a client',
    });
  } catch (error) {
    throw ownFailure(error);
  }
}

/** Turns the worker's failure into a `RolloutError`, so that callers can tell a missing artifact from the rest. */
function ownFailure(error: unknown): unknown {
  const cause = error instanceof WorkflowFailedError ? error.cause : undefined;
  if (cause instanceof TimeoutFailure) {
    return new RolloutError(
      'WorkerUnreachable',
      `the artifact store of this machine lacks it, and no worker of this version sent it within ${answerTimeout}`,
    );
  }
  if (!(cause instanceof ApplicationFailure)) return error;
  const { message } = cause;
  const type = cause.type ?? '';
  return isFailureType(type) ? new RolloutError(type, message, { cause }) : error;
}
