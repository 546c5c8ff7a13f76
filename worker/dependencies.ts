import { join } from 'node:path';
import type { ActivityDependencies } from '../activities/index.js';
import { createAnsiblePlaybook } from '../systems/ansible/ansible-playbook.js';
import { sha256 } from '../systems/artifacts/artifact-reference.js';
import { createAwsEc2Catalog } from '../systems/ec2/aws-ec2-catalog.js';
import { createAwsEc2Compute } from '../systems/ec2/aws-ec2-compute.js';
import { createAwsEc2Lock } from '../systems/ec2/aws-ec2-lock.js';
import { createAwsEc2Network } from '../systems/ec2/aws-ec2-network.js';
import { createEc2Clients } from '../systems/ec2/ec2-client.js';
import { createSshKubernetesAccess } from '../systems/kubernetes/ssh-kubernetes-access.js';
import { createManifests } from '../systems/manifests/unit-sources.js';
import { createSecretDigest } from '../systems/secret-digest.js';
import { readSecret } from '../systems/secrets.js';
import { createHostIdentity } from '../systems/ssh/host-identity.js';
import { createNodeSsh } from '../systems/ssh/node-ssh.js';
import { publicKeyOf } from '../systems/ssh/public-key.js';
import { artifactsOf } from '../installation/artifact-store.js';
import { root } from '../installation/config.js';
import { defaultRegion } from '../installation/default-region.js';
import { runsFolder } from '../installation/runs-folder.js';
import { specsOf } from '../installation/specs-of.js';
import type { Target } from '../installation/target.js';
import { temporalPlace } from '../installation/temporal-place.js';
import { searchAttributes } from '../workflows/contract/search-attributes.js';
import { workerSecretFile } from '../installation/worker-secret.js';

/** All dependencies of the activities. */
export type Dependencies = ActivityDependencies;

/**
 * Wires all real systems. Takes the region from the target's default spec, because a worker works in one region.
 * Fails with `InputInvalid` or `SpecInvalid` when that spec cannot be read.
 */
export async function createDependencies(target: Target): Promise<Dependencies> {
  const specs = specsOf(target);
  const region = await defaultRegion(specs);
  const artifacts = await artifactsOf(target);
  const secret = workerSecretFile(target.workerSecretFile);
  const ssh = createNodeSsh({ readSecret });
  const clients = createEc2Clients({
    region,
    ...(target.ec2 === undefined ? {} : { endpoint: target.ec2.endpoint, credentials: target.ec2 }),
  });
  return {
    region,
    specs,
    artifacts,
    ssh,
    readSecret,
    publicKeyOf,
    digest: sha256,
    temporal: temporalPlace(target),
    searchAttributes: Object.keys(searchAttributes),
    manifests: createManifests(),
    identity: createHostIdentity(secret),
    secretDigest: createSecretDigest(secret),
    ec2Network: createAwsEc2Network(clients),
    ec2Compute: createAwsEc2Compute(clients),
    ec2Lock: createAwsEc2Lock(clients),
    ec2Catalog: createAwsEc2Catalog(clients),
    kubernetesAccess: createSshKubernetesAccess(ssh),
    ansible: createAnsiblePlaybook({
      program: target.ansiblePlaybook ?? 'ansible-playbook',
      contentFolder: join(root, 'ansible'),
      runsFolder: runsFolder(target),
      artifacts,
      readSecret,
      path: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    }),
  };
}
