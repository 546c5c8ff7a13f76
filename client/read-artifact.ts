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

/** Where a client finds what a roll-out stored: the artifact store of its target, and workers behind Temporal. */
export interface ArtifactSource {
  readonly target: Target;
  readonly client: Client;
}

/** A worker that polls answers within seconds; one of an older version never does. */
const answerTimeout = '30 seconds';

/**
 * The text of a plan, as JSON, or of a log: from the artifact store of this machine where it is there, else from a worker
 * through Temporal, which has it in its own. `undefined` when neither knows such a growing log.
 *
 * Fails with `ArtifactMissing` when the worker does not have it either, `PlanMissing` when the plan is another one, and
 * `WorkerUnreachable` when none polls or none answers within 30 seconds.
 */
export async function readArtifact(
  { target, client }: ArtifactSource,
  what: ReadArtifactInput,
): Promise<string | undefined> {
  return (await textHere(target, what)) ?? (await textOfWorker(client, what));
}

/** `undefined` whatever is wrong with the store of this machine: it may be none that a worker ever wrote to. */
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

/** Content is checked by its hash: what remains is that it is a plan at all. */
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

/** What the worker says, as a failure of ours, so that callers can tell a missing artifact from the rest. */
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
