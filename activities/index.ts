import type { ActivityName } from '../model/names/activity-names.js';
import { createCertificateActivities, type CertificateDependencies } from './hosts/certificates.js';
import { createDifferenceActivities } from './planning/find-differences.js';
import { createDrainActivities, type DrainDependencies } from './removal/drain.js';
import { createFencingActivities, type FencingDependencies } from './removal/fencing.js';
import { createHostActivities, type HostDependencies } from './hosts/hosts.js';
import { createInstanceActivities, type InstanceDependencies, type InstancePace } from './instances.js';
import { createLockActivities } from './lock/lock.js';
import { createNetworkActivities, type NetworkDependencies } from './network.js';
import { createNodeActivities, type NodeDependencies } from './nodes.js';
import { createPlanningActivities, type PlanningDependencies } from './planning/planning.js';
import type { Pace } from '../systems/wait-until.js';
import type { BootPace } from './hosts/reach-host.js';
import { createReadingActivities, type ReadingDependencies } from './read-artifact-part.js';
import { createTearDownActivities, type TearDownDependencies } from './removal/tear-down.js';
import { createVerificationActivities } from './verification.js';
import { createWorldLockActivities, type WorldLockDependencies } from './lock/world-lock.js';
import { createRemoveUnitActivities } from './units/remove-unit.js';
import type { RemovalDependencies } from './units/until-gone.js';
import { createWaveActivities, type GatePace, type WaveDependencies } from './units/waves.js';

/** The dependencies of the activities of all groups. */
export type ActivityDependencies = CertificateDependencies &
  DrainDependencies &
  FencingDependencies &
  HostDependencies &
  InstanceDependencies &
  NetworkDependencies &
  NodeDependencies &
  PlanningDependencies &
  ReadingDependencies &
  RemovalDependencies &
  TearDownDependencies &
  WaveDependencies &
  WorldLockDependencies;

/** Pause and deadline of the looks of each group. A missing group uses its own default. */
export interface ActivityPaces {
  readonly network?: Pace;
  readonly instances?: InstancePace;
  readonly hosts?: BootPace;
  readonly nodes?: Pace;
  /** Of a drain, which waits for pods to end. */
  readonly drain?: Pace;
  readonly waves?: GatePace;
  /** Of the removal of units, which waits until their objects are gone. */
  readonly removal?: Pace;
  readonly verification?: Pace;
}

/** Every activity, by the name that workflows call. */
export function createActivities(dependencies: ActivityDependencies, paces: ActivityPaces = {}) {
  return {
    ...createLockActivities(),
    ...createWorldLockActivities(dependencies),
    ...createPlanningActivities(dependencies),
    ...createDifferenceActivities(dependencies),
    ...createReadingActivities(dependencies),
    ...createNetworkActivities(dependencies, paces.network),
    ...createInstanceActivities(dependencies, paces.instances),
    ...createDrainActivities(dependencies, paces.drain),
    ...createFencingActivities(dependencies, paces.instances),
    ...createTearDownActivities(dependencies, paces.instances),
    ...createHostActivities(dependencies, paces.hosts),
    ...createCertificateActivities(dependencies),
    ...createNodeActivities(dependencies, paces.nodes),
    ...createWaveActivities(dependencies, paces.waves),
    ...createRemoveUnitActivities(dependencies, paces.removal),
    ...createVerificationActivities(dependencies, paces.verification),
  } satisfies Record<ActivityName, unknown>;
}
