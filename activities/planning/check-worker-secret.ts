import type { InstanceFact, NetworkFacts } from '../../model/facts/facts.js';
import { isLive } from '../../model/plan/node-instance.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { HostIdentity } from '../../systems/ssh/host-identity.js';

/** What of a cluster was seen that a worker secret is compared with. */
export interface SecretWitness {
  readonly cluster: string;
  readonly network: Pick<NetworkFacts, 'vpcId' | 'workerSecret'>;
  /** Those of the cluster, where they were looked for. */
  readonly instances?: readonly InstanceFact[];
}

/**
 * Makes sure that this worker's secret made the cluster, as far as the world remembers it. Call it before any contact
 * with a host. Fails with `WorkerSecretWrong`, and with `WorkerSecretMissing` where there is none although the VPC
 * remembers one, or instances live that were launched with one.
 */
export function checkWorkerSecret(
  identity: Pick<HostIdentity, 'fingerprint' | 'secretPlace'>,
  { cluster, network: { vpcId = 'its VPC', workerSecret: recorded }, instances = [] }: SecretWitness,
): void {
  const { secretPlace } = identity;
  const present = identity.fingerprint();
  if (present !== undefined && (recorded === undefined || recorded === present)) return;
  if (recorded !== undefined) {
    const expected = `expected the worker secret with the fingerprint ${recorded}, which ${vpcId} remembers`;
    if (present === undefined) throw missing(`cluster ${cluster}: ${expected}; found none in ${secretPlace}`);
    throw new RolloutError('WorkerSecretWrong', `cluster ${cluster}: ${expected}; found ${present} in ${secretPlace}`);
  }
  const living = instances.filter(isLive);
  if (living.length === 0) return;
  const names = living.map(({ node, id }) => `${node} (${id})`).slice(0, 3);
  const more = living.length > names.length ? ` and ${living.length - names.length} more` : '';
  const expected = `expected the worker secret that ${names.join(', ')}${more} had at launch`;
  throw missing(`cluster ${cluster}: ${expected}; found none in ${secretPlace}`);
}

function missing(message: string): RolloutError {
  return new RolloutError('WorkerSecretMissing', message);
}
