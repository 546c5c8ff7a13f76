import type { ArtifactStore } from '../../systems/artifacts/artifacts.js';
import type { Dependencies } from '../../worker/dependencies.js';
import { createSimulatedEc2Compute, createSimulatedEc2Network } from './simulated-ec2.js';
import { createSimulatedAnsible, createSimulatedKubernetesAccess, createSimulatedSsh } from './simulated-hosts.js';
import type { World } from './world.js';

/** The systems that a simulated outside stands in for. */
export type SimulatedSystems = Pick<Dependencies, 'ec2Network' | 'ec2Compute' | 'ssh' | 'ansible' | 'kubernetesAccess'>;

/** All simulated systems over one world. */
export function createSimulatedSystems(world: World, artifacts: ArtifactStore): SimulatedSystems {
  return {
    ec2Network: createSimulatedEc2Network(world),
    ec2Compute: createSimulatedEc2Compute(world),
    ssh: createSimulatedSsh(world),
    ansible: createSimulatedAnsible(world, artifacts),
    kubernetesAccess: createSimulatedKubernetesAccess(world),
  };
}
