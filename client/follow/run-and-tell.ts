import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { WorkflowName } from '../../model/names/workflow-names.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { lastProgressOf, requireWorker } from '../runs/ask-temporal.js';
import { workflowId } from '../runs/workflow-id.js';
import type { Session } from '../session.js';

/** A workflow that only looks, and that a command waits for. */
export interface ShortRun<Input> {
  readonly workflow: WorkflowName;
  /** The id begins with it, and the summary has it. */
  readonly noun: 'plan' | 'drift';
  /** What it does, at the beginning of each remark. */
  readonly doing: string;
  readonly cluster: string;
  readonly input: Input;
}

/** Starts such a workflow and waits for its result. Fails as it fails, and with `WorkerUnreachable`. */
export async function runAndTell<Input, Result>(session: Session, run: ShortRun<Input>): Promise<Result> {
  const { workflow, noun, cluster, input } = run;
  const client = await session.connect();
  await requireWorker(client);
  const id = workflowId(noun, cluster);
  const handle = await client.workflow.start<(input: Input) => Promise<Result>>(workflow, {
    ...{ workflowId: id, taskQueue, staticSummary: `${noun} of ${cluster}` },
    args: [input],
  });
  const result = handle.result();
  await tellUntilEnd(session, client, { id, doing: run.doing, end: result });
  return result;
}

/** Tells what the run waits for, as soon as it takes longer than usual: EC2 may refuse requests for half a minute. */
async function tellUntilEnd(
  { output }: Session,
  client: Client,
  { id, doing, end }: { readonly id: string; readonly doing: string; readonly end: Promise<unknown> },
): Promise<void> {
  const ended = end.then(
    () => true,
    () => true,
  );
  let told: string | undefined;
  while ((await Promise.race([ended, sleep(lookEveryMs)])) !== true) {
    const progress = await lastProgressOf(client, { workflowId: id }).catch(() => undefined);
    if (progress !== undefined && progress !== told) output.note(`${doing}: ${progress}`);
    told = progress ?? told;
  }
}

const lookEveryMs = 3_000;
