import type { FrontDoorStatus } from '../../model/status/status.js';

/**
 * What happens to a run that its follower leaves in this phase: one without a plan goes on only until that waits for an approval. */
export function detachedText(phase: FrontDoorStatus['phase'] | undefined): string {
  return phase === 'planning'
    ? 'detached: it goes on until its plan waits for approval; npx groundswell approve shows that plan'
    : 'detached: the roll-out goes on; npx groundswell watch shows it again';
}
