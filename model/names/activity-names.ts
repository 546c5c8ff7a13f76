import { networkSteps, nodeSteps, removalParts, unitParts } from '../step-table.js';
import { keysOf } from '../steps.js';

/** Activities that no row of the table of steps has. */
export const activityNames = {
  loadSpec: 'loadSpec',
  makePlan: 'makePlan',
  planTearDown: 'planTearDown',
  findDifferences: 'findDifferences',
  confirmPlan: 'confirmPlan',
  knownSearchAttributes: 'knownSearchAttributes',
  readArtifactPart: 'readArtifactPart',
  describeHolder: 'describeHolder',
  waitUntilClosed: 'waitUntilClosed',
  takeWorldLock: 'takeWorldLock',
  leaveWorldLock: 'leaveWorldLock',
  verifyCluster: 'verifyCluster',
  findResidue: 'findResidue',
} as const;

type ActivityOf<Table extends Readonly<Record<string, { readonly activity: string }>>> = Table[keyof Table]['activity'];

/** The name of every activity, as workflows call it and histories keep it. */
export type ActivityName =
  | keyof typeof activityNames
  | ActivityOf<typeof networkSteps>
  | ActivityOf<typeof nodeSteps>
  | ActivityOf<typeof unitParts>
  | ActivityOf<typeof removalParts>;

/** Names of all activities. */
export const allActivityNames: readonly ActivityName[] = [
  ...keysOf(activityNames),
  ...Object.values(networkSteps).map(({ activity }) => activity),
  ...Object.values(nodeSteps).map(({ activity }) => activity),
  ...Object.values(unitParts).map(({ activity }) => activity),
  ...Object.values(removalParts).map(({ activity }) => activity),
];
