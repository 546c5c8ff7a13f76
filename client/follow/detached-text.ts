import type { FrontDoorStatus } from '../../model/status/status.js';

/**
 * What happens to a run that its follower leaves in this phase. A roll-out without a plan goes on only until that waits for an
 * approval. A tear-down (`isApproved`) waits for none: the typed name of the cluster is its approval.
 */
export function detachedText(phase: FrontDoorStatus['phase'] | undefined, isApproved = false): string {
  return phase === 'planning' && !isApproved
    ? 'detached: it goes on until its plan waits for approval; npx groundswell approve shows that plan'
    : 'detached: the run goes on; npx groundswell watch shows it again';
}
