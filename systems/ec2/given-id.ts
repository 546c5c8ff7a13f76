import { RolloutError } from '../../model/rollout-error.js';

/**
 * Returns the id in EC2's answer. Fails with `AwsUnavailable` when there is none, which EC2's own definition allows.
 */
export function givenId(action: string, id: string | undefined): string {
  if (id !== undefined) return id;
  throw new RolloutError('AwsUnavailable', `${action}: expected an id in the answer, found none`);
}
