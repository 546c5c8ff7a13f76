import type { ClusterFacts, InstanceFact } from '../facts/facts.js';
import type { NodeSpec } from '../spec/spec.js';
import { isLive } from '../facts/node-instance.js';
import type { PlanWishes } from '../plan/plan-skeleton.js';

/** Whose host it is, and what was seen and asked of it. */
export interface HostToJudge {
  readonly node: NodeSpec;
  readonly facts: ClusterFacts;
  readonly instance: InstanceFact;
  /** What would lose data with the host. */
  readonly data: readonly string[];
  readonly wishes: PlanWishes;
}

/** Why a host has to be replaced, and what keeps it nevertheless. */
export interface ReplacementReasons {
  /** One clause each; none where the host is as wanted. */
  readonly reasons: readonly string[];
  /** Why it stays nevertheless, and what to do; `undefined` where nothing keeps it. */
  readonly keptBy?: string;
}

/**
 * Why another host must replace the live host of a node. A person asked for it, its instance does not run, or it was launched with
 * a type, zone or disk that left the spec. Or two witnesses call it gone: its Node is not Ready, and its SSH port does not answer.
 *
 * The control plane stays, because the state of the cluster is on it. A host with data stays until a person names the data.
 * Every host stays while the cluster cannot be seen, or while most hosts are silent.
 */
export function replacementReasons(host: HostToJudge): ReplacementReasons {
  const reasons = [
    ...askedReasons(host),
    ...stateReasons(host.instance),
    ...launchReasons(host),
    ...silentReasons(host),
  ];
  const keptBy = reasons.length === 0 ? undefined : keeper(host);
  return keptBy === undefined ? { reasons } : { reasons, keptBy };
}

/** What of the launch of an instance the spec wants otherwise, in one clause each. */
function launchReasons({ node, instance }: HostToJudge): readonly string[] {
  const { type, zone, diskGiB } = instance;
  return [
    ...(node.instanceTypes.includes(type)
      ? []
      : [`its type is ${type}, the spec says ${node.instanceTypes.join(' or ')}`]),
    ...(node.zones.includes(zone) ? [] : [`its zone is ${zone}, the spec says ${node.zones.join(' or ')}`]),
    ...(diskGiB === undefined || diskGiB === node.diskGiB
      ? []
      : [`its disk has ${diskGiB} GiB, the spec says ${node.diskGiB}`]),
  ];
}

function askedReasons({ node, wishes }: HostToJudge): readonly string[] {
  return wishes.replace?.includes(node.name) === true ? ['a person asked for a new host'] : [];
}

function stateReasons({ id, state }: InstanceFact): readonly string[] {
  return state === 'stopped' || state === 'stopping' ? [`${id} is ${state}`] : [];
}

function silentReasons({ node, facts }: HostToJudge): readonly string[] {
  if (facts.silent?.includes(node.name) !== true) return [];
  const object = facts.kubernetes?.nodes.find(({ name }) => name === node.name);
  if (object === undefined || object.ready) return [];
  const since = object.notReadySince === undefined ? '' : ` since ${object.notReadySince}`;
  return [`its host does not answer, and its Node is not Ready${since}`];
}

function keeper(host: HostToJudge): string | undefined {
  const { node, facts, instance, data, wishes } = host;
  if (node.role === 'control-plane') {
    const start = instance.state === 'stopped' ? 'start its instance' : 'make it as it was, or change the spec back';
    return `the only control plane is never replaced by itself, because the cluster's state is on it; ${start}`;
  }
  if (isUnseen(facts)) return 'what is on it cannot be seen; look again when the control plane answers';
  if (facts.silent?.includes(node.name) === true && isMostlySilent(facts)) {
    return 'too many hosts do not answer at the same time; look at the network between them and the worker first';
  }
  const unnamed = data.filter((name) => wishes.confirmed?.includes(name) !== true);
  if (unnamed.length === 0) return undefined;
  const otherwise = instance.state === 'stopped' ? 'start its instance, or ' : '';
  return `its host holds data of ${unnamed.join(', ')}; ${otherwise}name what may be lost: --confirm ${data.join(',')}`;
}

/** A cluster that was initialised once and does not answer has things that nobody can see. */
export function isUnseen({ kubernetes, network }: ClusterFacts): boolean {
  return kubernetes === undefined && network.initialisedGeneration !== undefined;
}

/** The share of hosts that may leave or be away at the same time. */
export const mostLeaving = 0.4;

/** Whether more hosts are silent than may be away; one alone never is. */
function isMostlySilent({ silent = [], instances }: ClusterFacts): boolean {
  return silent.length > 1 && silent.length > instances.filter(isLive).length * mostLeaving;
}
