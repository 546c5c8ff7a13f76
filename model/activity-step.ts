import { networkStep, nodeStep, unitStep, type NetworkPart, type NodePart, type Stage, type StepId } from './steps.js';
import { textAt, valueAt } from './json-value.js';

/** What an activity is part of: the words by which logs, metrics and reports speak of it. */
export interface ActivityStep {
  /** What is done, without the name of whom: `prepared`, `subnet`, `gate`. There are few of them, whatever the cluster. */
  readonly part: string;
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
} as const satisfies Record<string, NetworkPart>;

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
} as const satisfies Record<string, NodePart>;

const unitParts = { applyUnit: 'apply', waitForUnit: 'gate' } as const;

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
  if (has(networkParts, activity)) {
    const part = networkParts[activity];
    return { part, stage: 'network', step: networkStep(part) };
  }
  if (activity === 'ensureSubnet') {
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
  if (activity === 'verifyCluster') return { part: 'verify', stage: 'verify', step: 'verify/cluster' };
  return { part: activity, stage: 'plan' };
}

function has<Table extends object>(table: Table, name: PropertyKey): name is keyof Table {
  return Object.hasOwn(table, name);
}
