import type { BrokenRun } from '../status/status-snapshot.js';
import { failureKinds } from '../failures.js';
import { span, type Line } from './line.js';

/** `cluster/three: its workflow task fails, 7 times so far: Cannot access 'x' before initialization`. */
export function brokenText({ workflowId, attempts, message }: BrokenRun): string {
  return `${workflowId}: its workflow task fails, ${String(attempts)} times so far: ${message}`;
}

/** What somebody has to do about it. */
export function brokenAdvice({ workflowId }: Pick<BrokenRun, 'workflowId'>): string {
  return failureKinds.RunBroken.advice.replace('<id>', workflowId);
}

/** Each broken run with what to do. `key` stays the same while it fails in the same way. */
export function showBroken(runs: readonly BrokenRun[]): readonly { readonly key: string; readonly line: Line }[] {
  return runs.map((run) => ({
    key: `${run.runId} ${run.message}`,
    line: [span(`BROKEN  ${brokenText(run)} → `, 'bad'), span(brokenAdvice(run), 'strong')],
  }));
}
