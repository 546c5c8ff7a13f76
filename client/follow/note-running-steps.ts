import type { ActivitySnapshot } from '../../model/status/status-snapshot.js';
import type { StepStatus } from '../../model/status/status.js';

/**
 * The steps of one workflow, each running one with what its activity said last: the sentence that tells what is waited for.
 * An activity says which step it works for only where its workflow runs several at a time.
 */
export function noteRunningSteps(
  steps: readonly StepStatus[],
  activities: readonly ActivitySnapshot[],
): readonly StepStatus[] {
  const alone = steps.filter((step) => step.state === 'running').length === 1;
  return steps.map((status) => {
    if (status.state !== 'running' || status.note !== undefined) return status;
    const own = activities.find(({ note, step }) => note !== undefined && (alone || step === status.step));
    return own?.note === undefined ? status : { ...status, note: own.note };
  });
}
