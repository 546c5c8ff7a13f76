import { dirname, join } from 'node:path';
import type { ActivityDependencies } from '../activities/index.js';
import { createAnsiblePlaybook } from '../systems/ansible/ansible-playbook.js';
import { sha256 } from '../systems/artifacts/artifact-reference.js';
import { createAwsEc2Compute } from '../systems/ec2/aws-ec2-compute.js';
import { createAwsEc2Network } from '../systems/ec2/aws-ec2-network.js';
import { createEc2Clients } from '../systems/ec2/ec2-client.js';
import { createSshKubernetesAccess } from '../systems/kubernetes/ssh-kubernetes-access.js';
import { createFolderManifests } from '../systems/manifests/folder-manifests.js';
import { readSecret } from '../systems/secrets.js';
import { createFileSpecs } from '../systems/specs/file-specs.js';
import { createHostIdentity } from '../systems/ssh/host-identity.js';
import { createNodeSsh } from '../systems/ssh/node-ssh.js';
import { publicKeyOf } from '../systems/ssh/public-key.js';
import { artifactPlace, artifactsOf } from './artifact-store.js';
import { root } from './config.js';
import { defaultRegion } from './default-region.js';
import { stateFolder, type Target } from './target.js';
import { workerSecretFile } from './worker-secret.js';

/** Everything that activities are made of. */
export type Dependencies = ActivityDependencies;

/**
 * The wiring of the real systems, all of it. The region is that of the target's default spec: a worker works in one.
 * Fails with `InputInvalid` or `SpecInvalid` when that spec cannot be read.
 */
export async function createDependencies(target: Target): Promise<Dependencies> {
  const specs = createFileSpecs(target.spec);
  const region = await defaultRegion(specs);
  const artifacts = await artifactsOf(target);
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
    manifests: createFolderManifests(),
    identity: createHostIdentity(workerSecretFile(target.workerSecretFile)),
    ec2Network: createAwsEc2Network(clients),
    ec2Compute: createAwsEc2Compute(clients),
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

/** Files of a run are secret and of this machine: beside the folder of artifacts, never in a bucket. */
function runsFolder({ artifacts }: Target): string {
  const place = artifactPlace(artifacts);
  return join(place.kind === 'folder' ? dirname(place.folder) : stateFolder(root), 'ansible-runs');
}
