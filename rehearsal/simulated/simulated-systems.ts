import type { ArtifactStore } from '../../systems/artifacts/artifacts.js';
import type { Dependencies } from '../../worker/dependencies.js';
import { createEc2Parts, type Ec2Parts } from './ec2/ec2-parts.js';
import { createSimulatedEc2Compute } from './ec2/simulated-ec2.js';
import { createSimulatedEc2Lock } from './ec2/simulated-ec2-lock.js';
import { createSimulatedEc2Catalog } from './ec2/simulated-ec2-catalog.js';
import { createSimulatedKubernetesAccess, createSimulatedSsh } from './simulated-hosts.js';
import { createSimulatedNetwork } from './ec2/simulated-network.js';
import { createSimulatedAnsible } from './simulated-playbooks.js';
import type { World } from './world.js';

/** The systems that a simulated outside stands in for, and the calls that `ec2Network` is made of. */
export type SimulatedSystems = Pick<
  Dependencies,
  'ec2Network' | 'ec2Compute' | 'ec2Lock' | 'ec2Catalog' | 'ssh' | 'ansible' | 'kubernetesAccess'
> & { readonly ec2Parts: Ec2Parts };

/** All simulated systems over one world. */
export function createSimulatedSystems(world: World, artifacts: ArtifactStore): SimulatedSystems {
  const ec2Parts = createEc2Parts(world);
  const ec2Compute = createSimulatedEc2Compute(world);
  const ec2Lock = createSimulatedEc2Lock(world);
  return {
    ec2Parts,
    ec2Network: createSimulatedNetwork({
      parts: () => ec2Parts,
      keyPairName: () => Promise.resolve(world.things.keyPair?.name),
      instances: (owner) => ec2Compute.describeInstances(owner),
      lock: (owner) => ec2Lock.describeLock(owner),
    }),
    ec2Compute,
    ec2Lock,
    ec2Catalog: createSimulatedEc2Catalog(),
    ssh: createSimulatedSsh(world),
    ansible: createSimulatedAnsible(world, artifacts),
    kubernetesAccess: createSimulatedKubernetesAccess(world),
  };
}
