import type { ActivitySnapshot } from '../../model/status/status-snapshot.js';
import type { StepStatus } from '../../model/status/status.js';

/**
 * Adds the last progress of its activity to each running step of one workflow: a sentence that says what the step waits
 * for. An activity names its step only if its workflow runs several steps at a time.
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
