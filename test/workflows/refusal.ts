import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

/** The sentence with which an update was refused. Fails when it was not. */
export async function refusalOf(update: Promise<unknown>): Promise<string> {
  const error = await update.then(
    (result) => new Error(`was not refused: ${JSON.stringify(result)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof WorkflowUpdateFailedError && error.cause !== undefined) return error.cause.message;
  throw error;
}

/** The failure with which a workflow itself ended: its type and message. Fails when it did not end by one. */
export async function failureOf(
  result: Promise<unknown>,
): Promise<{ readonly type: string; readonly message: string }> {
  const error = await result.then(
    (value) => new Error(`did not fail: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) {
    return { type: error.cause.type ?? '', message: error.cause.message };
  }
  throw error;
}
