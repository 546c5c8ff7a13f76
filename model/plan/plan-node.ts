import { judgeCertificates, renewalBasis } from './certificates.js';
import { madeNote } from '../facts/cluster-record.js';
import type { ClusterFacts, InstanceFact, NodeFact } from '../facts/facts.js';
import { instanceNote, instanceOf } from './node-instance.js';
import { foreignTaints } from '../facts/node-reconciliation.js';
import { nodeRecord, preparedAnnotation, recordAnnotation, surplusOf, taintText } from '../facts/node-record.js';
import type { PlannedNode, StepDraft, StepOp } from './plan.js';
import type { ClusterSpec, NodeSpec, Taint } from '../spec/spec.js';
import type { NodePart, StepId } from '../steps.js';
import { networkStep, nodeParts, nodeStep } from '../steps.js';

export interface PlanNodeInput {
  readonly spec: ClusterSpec;
  readonly facts: ClusterFacts;
  readonly node: NodeSpec;
  /** Name of the control plane. */
  readonly controlPlane: string;
  /** Digest that the annotation should have. Without it a host whose Node exists counts as prepared. */
  readonly preparedDigest: string | undefined;
  /** Units that may have left data on its host. */
  readonly data: readonly string[];
}

export interface NodePlan {
  readonly node: PlannedNode;
  readonly steps: readonly StepDraft[];
}

/** The steps of one node in their order, and the generation of its instance. */
export function planNode(input: PlanNodeInput): NodePlan {
  const { node, facts } = input;
  const { generation, live } = instanceOf(node.name, facts.instances);
  const seen: Seen = { ...input, generation, instance: live, object: objectOf(input, live) };
  const steps = nodeParts(node.role, true).map((part): StepDraft => {
    const judged = judge(part, seen);
    const step = nodeStep(node.name, part);
    return { step, stage: 'nodes', ...judged, needs: needsOf(part, input), ...basisOf(part, seen) };
  });
  const op: StepOp = steps.some((step) => step.op !== 'none') ? 'create' : 'none';
  const renewal = renewalOf(node, steps);
  return { node: { name: node.name, role: node.role, generation, op, data: input.data, ...renewal }, steps };
}

function renewalOf({ name }: NodeSpec, steps: readonly StepDraft[]): Pick<PlannedNode, 'certificates'> {
  const changes = steps.filter(({ op }) => op !== 'none').map(({ step }) => step);
  if (!changes.includes(nodeStep(name, 'certificates'))) return {};
  return { certificates: changes.length === 1 ? 'renew only' : 'renew' };
}

interface Seen extends PlanNodeInput {
  readonly generation: number;
  readonly instance: InstanceFact | undefined;
  /** The Node object of the live instance. */
  readonly object: NodeFact | undefined;
}

type Basis = Pick<StepDraft, 'wanted' | 'found'>;
type Judgement = Pick<StepDraft, 'op' | 'reason' | 'note'>;

// A Node that an instance left behind when it was terminated says nothing about the next instance.
function objectOf({ node, facts }: PlanNodeInput, live: InstanceFact | undefined): NodeFact | undefined {
  return live === undefined ? undefined : facts.kubernetes?.nodes.find(({ name }) => name === node.name);
}

function judge(part: NodePart, seen: Seen): Judgement {
  const { facts, instance, object } = seen;
  switch (part) {
    case 'instance':
      return judgeInstance(seen);
    case 'reachable':
      // a new host gets a second host key at first contact; whether an older one has it is seen when its turn comes
      if (instance === undefined) return { op: 'create', reason: 'a new host: its first key is replaced' };
      return { op: 'none', reason: 'looked at when its turn comes' };
    case 'prepared':
      return judgePrepared(seen);
    case 'certificates':
      return judgeCertificates(facts.certificates);
    case 'init':
      return judgeInit(seen);
    case 'cni':
      if (instance !== undefined && facts.kubernetes?.podNetworkInstalled === true)
        return noted(
          done('it is installed'),
          madeNote(seen.spec, facts.kubernetes.record, [
            'kubernetes.cni',
            'kubernetes.cniManifest',
            'kubernetes.cniManifestSha256',
          ]),
        );
      return { op: 'create', reason: 'no pod network' };
    case 'join':
      return object === undefined ? { op: 'create', reason: 'no Node of this name' } : done('its Node exists');
    case 'labelled':
      return judgeLabelled(seen);
    case 'ready':
      if (object === undefined || object.ready) return done('looked at when its turn comes');
      return { ...done('looked at when its turn comes'), note: 'its Node is not Ready' };
    case 'fenced':
      return done('nobody asked to replace it');
  }
}

/**
 * What a step is about: a host by its instance and by what it is prepared with, a Node by what we set on it. Whether it
 * is Ready comes and goes.
 */
function basisOf(part: NodePart, { spec, facts, node, generation, instance, object, preparedDigest }: Seen): Basis {
  switch (part) {
    case 'instance': {
      const { instanceTypes, zones, diskGiB } = node;
      return { wanted: { instanceTypes, zones, diskGiB, image: facts.image.id, generation }, found: instance?.id };
    }
    case 'prepared':
      return { wanted: preparedDigest, found: object?.annotations[preparedAnnotation] };
    case 'certificates':
      return renewalBasis(facts.certificates);
    case 'init':
      return { wanted: spec.controlPlaneEndpoint };
    case 'labelled': {
      const { labels, taints, startupTaints } = node;
      return {
        wanted: { labels, taints, ...(startupTaints === undefined ? {} : { startupTaints }) },
        found: object && { ...whatWeSet(node, object), ...surplusOf(node, object) },
      };
    }
    default:
      return { wanted: null };
  }
}

/** Of a Node's labels and taints those that the spec names: the taint of a Node that does not answer comes and goes. */
function whatWeSet({ labels, taints }: NodeSpec, found: NodeFact) {
  return {
    set: Object.keys(labels).map((key) => [key, found.labels[key]]),
    tainted: found.taints.filter(({ key }) => taints.some((taint) => taint.key === key)),
  };
}

function judgeInstance({ node, facts, instance }: Seen): Judgement {
  if (instance === undefined) {
    const gone = facts.instances.filter((each) => each.node === node.name).length;
    return { op: 'create', reason: gone === 0 ? 'no instance with our tags' : 'its last instance is gone' };
  }
  return noted(done(`${instance.id} is ${instance.state}`), instanceNote({ node, facts, instance }));
}

function judgeInit({ spec, facts, instance }: Seen): Judgement {
  if (instance === undefined || facts.kubernetes?.initialised !== true)
    return { op: 'create', reason: 'no control plane answers' };
  const recorded = facts.network.initialisedGeneration === instance.generation;
  const paths = ['access.user', 'kubernetes.kubelet', 'kubernetes.kubeProxy'];
  const judged = recorded
    ? done('kubeadm init is done')
    : ({ op: 'create', reason: 'kubeadm init is done, and the VPC does not remember it' } as const);
  return noted(judged, madeNote(spec, facts.kubernetes.record, paths));
}

function judgePrepared({ object, preparedDigest }: Seen): Judgement {
  if (object === undefined) return { op: 'create', reason: 'no Node says that its host is prepared' };
  if (preparedDigest === undefined) return done('its Node exists');
  if (object.annotations[preparedAnnotation] === preparedDigest) return done('prepared with these roles and inputs');
  return { op: 'create', reason: 'prepared with other roles or inputs' };
}

function judgeLabelled(seen: Seen): Judgement {
  const { node, object } = seen;
  if (object === undefined) return { op: 'create', reason: 'no Node of this name' };
  const ours = surplusOf(node, object).taints.map(taintText);
  const foreign = foreignTaints(object.taints, node)
    .map(taintText)
    .filter((text) => !ours.includes(text));
  const judged = judgeSet(seen, object);
  return foreign.length === 0 ? judged : { ...judged, note: `somebody else set taint ${foreign.join(', ')}` };
}

function judgeSet(seen: Seen, object: NodeFact): Judgement {
  const { node } = seen;
  const differing = [
    ...Object.entries(node.labels).filter(([key, value]) => object.labels[key] !== value),
    ...node.taints.filter((taint) => !object.taints.some((found) => sameTaint(taint, found))),
  ].map((each) => ('key' in each ? `taint ${each.key}` : `label ${each[0]}`));
  const surplus = surplusOf(node, object);
  const left = [
    ...surplus.labels.map((key) => `label ${key}`),
    ...surplus.taints.map((taint) => `taint ${taintText(taint)}`),
  ];
  const reasons = [
    ...(differing.length === 0 ? [] : [`${differing.join(', ')} missing or different`]),
    ...(left.length === 0 ? [] : [`${left.join(', ')} set by us and not in the spec any more`]),
  ];
  if (reasons.length > 0) return { op: 'create', reason: reasons.join('; ') };
  if (judgePrepared(seen).op !== 'none')
    return { op: 'create', reason: `annotation ${preparedAnnotation} is to change` };
  if (object.annotations[recordAnnotation] !== nodeRecord(node))
    return { op: 'create', reason: `annotation ${recordAnnotation} is to change` };
  return done('labels and taints are as wanted');
}

function sameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect && (a.value ?? '') === (b.value ?? '');
}

function noted(judged: Judgement, note: string | undefined): Judgement {
  return note === undefined ? judged : { ...judged, note };
}

function done(reason: string): { readonly op: 'none'; readonly reason: string } {
  return { op: 'none', reason };
}

function needsOf(part: NodePart, { spec, node, controlPlane }: PlanNodeInput): readonly StepId[] {
  const own = (earlier: NodePart): StepId => nodeStep(node.name, earlier);
  switch (part) {
    case 'instance':
      return [
        ...spec.network.subnets
          .filter(({ zone }) => node.zones.includes(zone))
          .map(({ zone }) => networkStep(`subnet-${zone}`)),
        networkStep('route-table'),
        networkStep('security-group'),
        networkStep('key-pair'),
      ];
    case 'reachable':
      return [own('instance')];
    case 'prepared':
      return [own('reachable')];
    case 'certificates':
      return [own('prepared')];
    case 'init':
      return [own('prepared'), own('certificates')];
    case 'cni':
      return [own('init')];
    case 'join':
      return [own('prepared'), nodeStep(controlPlane, 'init')];
    case 'labelled':
      return [own(node.role === 'control-plane' ? 'init' : 'join')];
    case 'ready':
      return [own('labelled'), nodeStep(controlPlane, 'cni')];
    case 'fenced':
      return [];
  }
}
