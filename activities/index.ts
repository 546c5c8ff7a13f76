import { createHostActivities, type HostDependencies } from './hosts.js';
import { createInstanceActivities, type InstanceDependencies } from './instances.js';
import { createLockActivities } from './lock.js';
import { createNetworkActivities, type NetworkDependencies } from './network.js';
import { createNodeActivities, type NodeDependencies } from './nodes.js';
import { createPlanningActivities, type PlanningDependencies } from './planning.js';
import { createVerificationActivities, type VerificationDependencies } from './verification.js';
import { createWaveActivities, type WaveDependencies } from './waves.js';

/** What the activities of all groups need. */
export type ActivityDependencies = HostDependencies &
  InstanceDependencies &
  NetworkDependencies &
  NodeDependencies &
  PlanningDependencies &
  VerificationDependencies &
  WaveDependencies;

/** Every activity, by the name that workflows call. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    ...createLockActivities(),
    ...createPlanningActivities(dependencies),
    ...createNetworkActivities(dependencies),
    ...createInstanceActivities(dependencies),
    ...createHostActivities(dependencies),
    ...createNodeActivities(dependencies),
    ...createWaveActivities(dependencies),
    ...createVerificationActivities(dependencies),
  };
}
