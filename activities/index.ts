import type { ActivityName } from '../model/names/activity-names.js';
import { createCertificateActivities, type CertificateDependencies } from './hosts/certificates.js';
import { createFencingActivities, type FencingDependencies } from './fencing.js';
import { createHostActivities, type HostDependencies } from './hosts/hosts.js';
import { createInstanceActivities, type InstanceDependencies, type InstancePace } from './instances.js';
import { createLockActivities } from './lock/lock.js';
import { createNetworkActivities, type NetworkDependencies } from './network.js';
import { createNodeActivities, type NodeDependencies } from './nodes.js';
import { createPlanningActivities, type PlanningDependencies } from './planning/planning.js';
import type { Pace } from '../systems/wait-until.js';
import type { BootPace } from './hosts/reach-host.js';
import { createReadingActivities, type ReadingDependencies } from './reading.js';
import { createVerificationActivities } from './verification.js';
import { createWorldLockActivities, type WorldLockDependencies } from './lock/world-lock.js';
import { createWaveActivities, type GatePace, type WaveDependencies } from './units/waves.js';

/** The dependencies of the activities of all groups. */
export type ActivityDependencies = CertificateDependencies &
  FencingDependencies &
  HostDependencies &
  InstanceDependencies &
  NetworkDependencies &
  NodeDependencies &
  PlanningDependencies &
  ReadingDependencies &
  WaveDependencies &
  WorldLockDependencies;

/** Pause and deadline of the looks of each group. A missing group uses its own default. */
export interface ActivityPaces {
  readonly network?: Pace;
  readonly instances?: InstancePace;
  readonly hosts?: BootPace;
  readonly nodes?: Pace;
  readonly waves?: GatePace;
  readonly verification?: Pace;
}

/** Every activity, by the name that workflows call. */
export function createActivities(dependencies: ActivityDependencies, paces: ActivityPaces = {}) {
  return {
    ...createLockActivities(),
    ...createWorldLockActivities(dependencies),
    ...createPlanningActivities(dependencies),
    ...createReadingActivities(dependencies),
    ...createNetworkActivities(dependencies, paces.network),
    ...createInstanceActivities(dependencies, paces.instances),
    ...createFencingActivities(dependencies, paces.instances),
    ...createHostActivities(dependencies, paces.hosts),
    ...createCertificateActivities(dependencies),
    ...createNodeActivities(dependencies, paces.nodes),
    ...createWaveActivities(dependencies, paces.waves),
    ...createVerificationActivities(dependencies, paces.verification),
  } satisfies Record<ActivityName, unknown>;
}
