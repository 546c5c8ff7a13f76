import type { Client, WorkflowHandle } from '@temporalio/client';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { settledWhileMoving, type Progress } from './patience.js';
import type { ThreeNodes } from './three-nodes.js';

/** What a leg of a column acts with. */
export interface LegRun {
  readonly client: Client;
  readonly nodes: ThreeNodes;
  /** What goes on. */
  readonly moves: Progress;
}

/** One part of a column, after which the end state is judged. Resolves to what went wrong, a line each. */
export type Leg = (run: LegRun) => Promise<readonly string[]>;

/** Starts a front door whose approval is in its input. */
export function startRun({ client }: LegRun, workflowId: string, input: object = {}): Promise<WorkflowHandle> {
  const args = [{ approve: true, ...input }];
  return client.workflow.start('rollOutCluster', { taskQueue, workflowId, args });
}

/** The result of a workflow as JSON, or its failure; waits as long as anything moves. */
export function outcomeOf({ moves }: LegRun, handle: Pick<WorkflowHandle, 'result'>): Promise<string> {
  return settledWhileMoving(moves, handle.result()).then(
    (result: unknown) => JSON.stringify(result),
    (error: unknown) => String(error),
  );
}

/** Lines about outcomes that do not have what is expected of them, in the same order. */
export function unexpected(expected: readonly string[], outcomes: readonly string[]): readonly string[] {
  return expected.flatMap((part, index) =>
    outcomes[index]?.includes(part) === true ? [] : [`expected ${part}, found ${outcomes[index] ?? ''}`],
  );
}
