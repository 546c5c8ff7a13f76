import { join } from 'node:path';
import { createFencingActivities } from '../../activities/fencing.js';
import { createInstanceActivities } from '../../activities/instances.js';
import { createNetworkActivities } from '../../activities/network.js';
import { createTearDownActivities } from '../../activities/tear-down.js';
import { createFolderArtifacts } from '../../systems/artifacts/folder-artifacts.js';
import { createAwsEc2Compute } from '../../systems/ec2/aws-ec2-compute.js';
import { createAwsEc2Lock } from '../../systems/ec2/aws-ec2-lock.js';
import { createAwsEc2Network } from '../../systems/ec2/aws-ec2-network.js';
import { createSshKubernetesAccess } from '../../systems/kubernetes/ssh-kubernetes-access.js';
import { createHostIdentity } from '../../systems/ssh/host-identity.js';
import { createNodeSsh } from '../../systems/ssh/node-ssh.js';
import { publicKeyOf } from '../../systems/ssh/public-key.js';
import type { EmulatedEc2 } from '../rehearsal/ec2-emulator/emulated-ec2.js';

/** The key that the hosts let in. */
export const accessKey = createHostIdentity('access').firstKey({
  cluster: 'test',
  node: 'user',
  generation: 1,
}).privateKey;

/** Activities at an emulated EC2 as the worker makes them, but for the pace. */
export function createEc2Activities(ec2: Pick<EmulatedEc2, 'clients' | 'dir'>) {
  const ssh = createNodeSsh({ readSecret: () => Promise.resolve(accessKey) });
  const dependencies = {
    artifacts: createFolderArtifacts(join(ec2.dir, 'artifacts')),
    ec2Network: createAwsEc2Network(ec2.clients),
    ec2Compute: createAwsEc2Compute(ec2.clients),
    ec2Lock: createAwsEc2Lock(ec2.clients),
    identity: createHostIdentity('secret of the worker'),
    readSecret: () => Promise.resolve(accessKey),
    publicKeyOf,
    ssh,
    kubernetesAccess: createSshKubernetesAccess(ssh),
  };
  const pace = { everyMs: 50, deadlineMs: 120_000, lagMs: 5_000 };
  return {
    ...createNetworkActivities(dependencies, pace),
    ...createInstanceActivities(dependencies, pace),
    // no control plane runs in these tests: there is no Node to delete, and nobody to ask
    ...createFencingActivities(dependencies, pace),
    ...createTearDownActivities(dependencies, pace),
    dependencies,
  };
}
