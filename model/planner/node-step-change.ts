import { madeNote } from '../facts/cluster-record.js';
import type { ClusterFacts, InstanceFact, NodeFact } from '../facts/facts.js';
import { preparedAnnotation } from '../facts/node-record.js';
import type { ClusterSpec, NodeSpec } from '../spec/spec.js';
import type { NodePart } from '../steps.js';
import { judgeCertificates, renewalBasis } from './certificates.js';
import { labelChange } from './label-change.js';
import type { ReplacementReasons } from './why-replace-host.js';
import { instanceNote } from '../facts/node-instance.js';
import type { Judged } from '../plan/plan.js';
import { offersNote } from './refused-launches.js';

/** One node as the spec wants it and as it was seen. */
export interface NodeSeen {
  readonly spec: ClusterSpec;
  readonly facts: ClusterFacts;
  readonly node: NodeSpec;
  /** Of the instance that is used or comes next. */
  readonly generation: number;
  readonly instance: InstanceFact | undefined;
  /** The Node object of the live instance. */
  readonly object: NodeFact | undefined;
  /** Why its host has to be replaced, and what keeps it. */
  readonly leaving: ReplacementReasons;
  /** The live instance that leaves. */
  readonly replaced: InstanceFact | undefined;
  /** Digest that the annotation should have. Without it a host whose Node exists counts as prepared. */
  readonly preparedDigest: string | undefined;
}

/** What there is to do, in the words of a plan; and what the step is about, where that is more than itself. */
type Judgement = Omit<Judged, 'wanted'> & Partial<Pick<Judged, 'wanted'>>;

/** Plans a step of a node from the observed facts. */
export function nodeStepChange(part: NodePart, seen: NodeSeen): Judged {
  return { wanted: null, ...judgements[part](seen) };
}

/**
 * One judgement for each step. It is about a host by its instance and by what it is prepared with, about a Node by what we
 * set on it. Whether a Node is Ready comes and goes.
 */
const judgements: Readonly<Record<NodePart, (seen: NodeSeen) => Judgement>> = {
  drained: (seen) => leaves(seen, `evicts the pods of generation ${seen.replaced?.generation ?? 0}`),
  fenced: (seen) => leaves(seen, `ends ${seen.replaced?.id ?? 'its instance'} and deletes its Node`),
  ended: () => noChange('the cluster stays'),
  instance: judgeInstance,
  reachable({ instance }) {
    // a new host gets a second host key at first contact; whether an older one has it is seen when its turn comes
    if (instance === undefined) return { op: 'create', reason: 'a new host: the step replaces its first key' };
    return noChange('the step decides when its turn comes');
  },
  prepared(seen) {
    const found = seen.object?.annotations[preparedAnnotation];
    return { ...judgePrepared(seen), wanted: seen.preparedDigest, found };
  },
  certificates({ facts: { certificates } }) {
    return { ...judgeCertificates(certificates), ...renewalBasis(certificates) };
  },
  init: judgeInit,
  cni({ spec, facts, instance }) {
    if (instance === undefined || facts.kubernetes?.podNetworkInstalled !== true) {
      return { op: 'create', reason: 'no pod network' };
    }
    const paths = ['kubernetes.cni', 'kubernetes.cniManifest', 'kubernetes.cniManifestSha256'];
    return noted(noChange('it is installed'), madeNote(spec, facts.kubernetes.record, paths));
  },
  join({ object }) {
    return object === undefined ? { op: 'create', reason: 'no Node of this name' } : noChange('its Node exists');
  },
  labelled(seen) {
    return labelChange({ ...seen, isPrepared: judgePrepared(seen).op === 'none' });
  },
  ready({ object }) {
    const looks = noChange('the step decides when its turn comes');
    return object === undefined || object.ready ? looks : { ...looks, note: notReadyNote(object) };
  },
};

/** Whoever leaves does it for the reasons that the step of the new instance has. */
function leaves({ replaced }: NodeSeen, reason: string): Judgement {
  return { op: 'replace', reason, found: replaced?.id };
}

function notReadyNote({ name, notReadySince }: NodeFact): string {
  const since = notReadySince === undefined ? '' : ` since ${notReadySince}`;
  return `its Node is not Ready${since}; if its host is lost for good: npx groundswell up --replace ${name}`;
}

function judgeInstance({ spec, node, facts, generation, instance, leaving, replaced }: NodeSeen): Judgement {
  const { instanceTypes, zones, diskGiB } = node;
  const basis = { wanted: { instanceTypes, zones, diskGiB, image: facts.image.id, generation }, found: instance?.id };
  const offers = offersNote(spec, node, facts);
  if (instance !== undefined) {
    const is = noChange(`${instance.id} is ${instance.state}`);
    const notes = [keptNote(leaving), silentNote(node, facts), instanceNote({ node, facts, instance }), offers].filter(
      (note) => note !== undefined,
    );
    return { ...noted(is, notes.length === 0 ? undefined : notes.join('; ')), ...basis };
  }
  if (replaced !== undefined) {
    return { ...noted({ op: 'replace', reason: leaving.reasons.join('; ') }, offers), ...basis, found: replaced.id };
  }
  if (hadInstance(node, facts))
    return { ...noted({ op: 'replace', reason: 'its last instance is gone' }, offers), ...basis };
  return { ...noted({ op: 'create', reason: 'no instance with our tags' }, offers), ...basis };
}

/** A host that should leave, and stays. */
function keptNote({ reasons, keptBy }: ReplacementReasons): string | undefined {
  return keptBy === undefined ? undefined : `${reasons.join('; ')}: ${keptBy}`;
}

/** One witness is not enough: the path between worker and host may be cut. */
function silentNote({ name }: NodeSpec, { silent = [], kubernetes }: ClusterFacts): string | undefined {
  const object = kubernetes?.nodes.find((each) => each.name === name);
  if (!silent.includes(name) || object?.ready !== true) return undefined;
  return 'its host does not answer, though its Node is Ready still; once the Node is not Ready, a plan replaces the host';
}

/** EC2 forgets an ended instance within the hour: its Node, or the tag that tells of `kubeadm init`, is left behind. */
function hadInstance({ name, role }: NodeSpec, { instances, kubernetes, network }: ClusterFacts): boolean {
  if (instances.some(({ node }) => node === name)) return true;
  if (role === 'control-plane') return network.initialisedGeneration !== undefined;
  return kubernetes?.nodes.some((object) => object.name === name) === true;
}

function judgePrepared({ object, preparedDigest }: NodeSeen): Judgement {
  if (object === undefined) return { op: 'create', reason: 'no Node says that its host is prepared' };
  if (preparedDigest === undefined) return noChange('its Node exists');
  if (object.annotations[preparedAnnotation] === preparedDigest)
    return noChange('its preparation has these roles and inputs');
  return { op: 'change', reason: 'its preparation has other roles or inputs' };
}

function judgeInit({ spec, facts, instance }: NodeSeen): Judgement {
  const wanted = spec.controlPlaneEndpoint;
  if (instance === undefined || facts.kubernetes?.initialised !== true) {
    return { op: 'create', reason: 'no control plane answers', wanted };
  }
  const isRecorded = facts.network.initialisedGeneration === instance.generation;
  const paths = ['access.user', 'kubernetes.kubelet', 'kubernetes.kubeProxy'];
  const judged: Judgement = isRecorded
    ? noChange('kubeadm init is done')
    : { op: 'change', reason: 'kubeadm init is done, but the VPC has no record of it' };
  return { ...noted(judged, madeNote(spec, facts.kubernetes.record, paths)), wanted };
}

function noChange(reason: string): { readonly op: 'none'; readonly reason: string } {
  return { op: 'none', reason };
}

function noted(judged: Judgement, note: string | undefined): Judgement {
  return note === undefined ? judged : { ...judged, note };
}
