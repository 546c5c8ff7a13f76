import { sha256 } from '../../systems/artifacts/artifact-reference.js';
import { createManifests } from '../../systems/manifests/unit-sources.js';
import { createHostIdentity } from '../../systems/ssh/host-identity.js';
import { createSecretDigest } from '../../systems/secret-digest.js';
import { readSecret } from '../../systems/read-secret.js';
import { publicKeyOf } from '../../systems/ssh/public-key.js';
import { artifactsOf } from '../../installation/artifact-store.js';
import { specsOf } from '../../installation/specs-of.js';
import { defaultRegion } from '../../installation/default-region.js';
import type { Dependencies } from '../../worker/dependencies.js';
import type { Target } from '../../installation/target.js';
import { temporalPlace } from '../../installation/temporal-place.js';
import { workerSecretFile } from '../../installation/worker-secret.js';
import { searchAttributes } from '../../workflows/contract/search-attributes.js';
import { remoteSystems } from './remote-systems.js';
import type { SimulatedSystems } from './simulated-systems.js';

/** The wiring of a simulated rehearsal: the product's own parts, with simulated systems where the outside begins. */
export async function simulatedDependencies(
  target: Target,
  systems: SimulatedSystems = remoteSystems(target.simulatedOutside ?? ''),
): Promise<Dependencies> {
  const specs = specsOf(target);
  const secret = workerSecretFile(target.workerSecretFile);
  return {
    ...systems,
    specs,
    readSecret,
    publicKeyOf,
    region: await defaultRegion(specs),
    artifacts: await artifactsOf(target),
    digest: sha256,
    temporal: temporalPlace(target),
    searchAttributes: Object.keys(searchAttributes),
    manifests: createManifests(),
    identity: createHostIdentity(secret),
    secretDigest: createSecretDigest(secret),
  };
}
