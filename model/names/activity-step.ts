import { activityNames, isActivityName, type ActivityName } from './activity-names.js';
import { networkStep, nodeStep, unitStep, type NetworkPart, type NodePart, type Stage, type StepId } from '../steps.js';
import { textAt, valueAt } from '../json-value.js';

/** What is done by an activity: `subnet` for each of them, and its own name where it is of no stage. */
export type ActivityPart =
  | Exclude<NetworkPart, `subnet-${string}`>
  | 'subnet'
  | NodePart
  | (typeof unitParts)[keyof typeof unitParts]
  | 'verify'
  | Exclude<ActivityName, SteppedActivity>
  // of a build that knows more activities
  | 'unknown';

/** What an activity is part of: the words by which logs, metrics and reports speak of it. */
export interface ActivityStep {
  /** What is done, without the name of whom: `prepared`, `subnet`, `gate`. There are few of them, whatever the cluster. */
  readonly part: ActivityPart;
  readonly stage?: Stage | 'plan';
  readonly step?: StepId;
  readonly cluster?: string;
}

const networkParts = {
  ensureVpc: 'vpc',
  ensureKeyPair: 'key-pair',
  ensureInternetGateway: 'internet-gateway',
  ensureSecurityGroup: 'security-group',
  ensureRouteTable: 'route-table',
} as const satisfies Partial<Record<ActivityName, NetworkPart>>;

const nodeActivityParts = {
  ensureInstance: 'instance',
  waitUntilReachable: 'reachable',
  prepareHost: 'prepared',
  renewCertificates: 'certificates',
  initControlPlane: 'init',
  installPodNetwork: 'cni',
  joinNode: 'join',
  labelNode: 'labelled',
  waitForNodeReady: 'ready',
  fenceNode: 'fenced',
} as const satisfies Partial<Record<ActivityName, NodePart>>;

const unitParts = { applyUnit: 'apply', waitForUnit: 'gate' } as const satisfies Partial<Record<ActivityName, string>>;

type SteppedActivity =
  | keyof typeof networkParts
  | keyof typeof nodeActivityParts
  | keyof typeof unitParts
  | typeof activityNames.ensureSubnet
  | typeof activityNames.verifyCluster;

/**
 * The step that an activity works for, by its type and its one argument. An argument of another shape leaves the names
 * out; an activity that is not of a stage is a part of its own name.
 */
export function activityStep(activity: string, input: unknown): ActivityStep {
  const cluster = textAt(input, 'plan', 'cluster') ?? textAt(input, 'cluster');
  const named = cluster === undefined ? {} : { cluster };
  return { ...named, ...partOf(activity, input) };
}

function partOf(activity: string, input: unknown): ActivityStep {
  if (!isActivityName(activity)) return { part: 'unknown', stage: 'plan' };
  if (has(networkParts, activity)) {
    const part = networkParts[activity];
    return { part, stage: 'network', step: networkStep(part) };
  }
  if (activity === activityNames.ensureSubnet) {
    const zone = textAt(input, 'zone');
    return { part: 'subnet', stage: 'network', ...(zone === undefined ? {} : { step: `network/subnet-${zone}` }) };
  }
  if (has(nodeActivityParts, activity)) {
    const part = nodeActivityParts[activity];
    const node = textAt(input, 'node', 'name');
    return { part, stage: 'nodes', ...(node === undefined ? {} : { step: nodeStep(node, part) }) };
  }
  if (has(unitParts, activity)) {
    const unit = textAt(input, 'unit', 'name');
    const wave = valueAt(input, 'unit', 'wave');
    const step = unit === undefined || typeof wave !== 'number' ? {} : { step: unitStep(wave, unit) };
    return { part: unitParts[activity], stage: 'waves', ...step };
  }
  if (activity === activityNames.verifyCluster) return { part: 'verify', stage: 'verify', step: 'verify/cluster' };
  return { part: activity, stage: 'plan' };
}

function has<Table extends object>(table: Table, name: ActivityName): name is ActivityName & keyof Table {
  return Object.hasOwn(table, name);
}
