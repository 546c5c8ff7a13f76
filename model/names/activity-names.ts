/** Names of the activities, as workflows call them and histories keep them. */
export const activityNames = {
  loadSpec: 'loadSpec',
  makePlan: 'makePlan',
  confirmPlan: 'confirmPlan',
  knownSearchAttributes: 'knownSearchAttributes',
  readArtifactPart: 'readArtifactPart',
  describeHolder: 'describeHolder',
  waitUntilClosed: 'waitUntilClosed',
  ensureVpc: 'ensureVpc',
  ensureKeyPair: 'ensureKeyPair',
  ensureInternetGateway: 'ensureInternetGateway',
  ensureSecurityGroup: 'ensureSecurityGroup',
  ensureSubnet: 'ensureSubnet',
  ensureRouteTable: 'ensureRouteTable',
  ensureInstance: 'ensureInstance',
  waitUntilReachable: 'waitUntilReachable',
  prepareHost: 'prepareHost',
  renewCertificates: 'renewCertificates',
  initControlPlane: 'initControlPlane',
  installPodNetwork: 'installPodNetwork',
  joinNode: 'joinNode',
  labelNode: 'labelNode',
  waitForNodeReady: 'waitForNodeReady',
  fenceNode: 'fenceNode',
  applyUnit: 'applyUnit',
  waitForUnit: 'waitForUnit',
  verifyCluster: 'verifyCluster',
} as const;
export type ActivityName = keyof typeof activityNames;

export function isActivityName(name: string): name is ActivityName {
  return Object.hasOwn(activityNames, name);
}
