import { canonicalJson } from '../json/canonical-json.js';
import type { ClusterFacts } from '../facts/facts.js';
import { residueText, type Residue } from '../facts/residue.js';
import { networkSteps } from '../step-table.js';
import type { ClusterSpec } from '../spec/spec.js';
import {
  keysOf,
  networkRow,
  networkStep,
  nodeStep,
  residueStep,
  type NetworkPart,
  type NetworkRowName,
  type StepId,
} from '../steps.js';
import { isLive } from '../facts/node-instance.js';
import { removalsBackwards } from '../plan/removals-backwards.js';
import type { Plan, PlannedNode, StepDraft } from '../plan/plan.js';

export interface TearDownInput {
  readonly spec: Pick<ClusterSpec, 'cluster' | 'region' | 'controlPlaneEndpoint'>;
  readonly facts: Pick<ClusterFacts, 'account' | 'network' | 'instances'>;
  /** What two sweeps found of the cluster at EC2. */
  readonly residue: readonly Residue[];
  /** Hash of a text, such as hexadecimal SHA-256. */
  readonly digest: (text: string) => string;
}

/**
 * The plan that ends a whole cluster. It takes everything at EC2 that carries our tags, in the order of a roll-out backwards,
 * and then looks at what is left. It drains nothing, because everything goes. It needs only EC2: a dead control plane or a
 * half-made cluster is no obstacle. The order is that of the needs of `model/step-table.ts`, turned round by `removalsBackwards`. The same input gives the same plan; without anything of ours it has no change.
 */
export function planTearDown({ spec, facts, residue, digest }: TearDownInput): Plan {
  const nodes = nodesToEnd(facts.instances);
  const network = networkToRemove(facts, residue);
  const removals = removalsBackwards([...network, ...nodes.map((node) => endStep(node, network))]);
  const last: StepDraft = {
    step: residueStep,
    stage: 'verify',
    op: 'none',
    reason: 'looks for what is left, by tag and by VPC',
    ...foreignNote(residue),
    needs: removals.map(({ step }) => step),
    wanted: null,
  };
  const digestOf = (value: unknown): string => digest(canonicalJson(value));
  const steps = [...removals, last].map(({ wanted, found, ...step }) => {
    return {
      ...step,
      digest: digestOf({ step: step.step, op: step.op, wanted: wanted ?? null, found: found ?? null }),
    };
  });
  const plan = {
    cluster: spec.cluster,
    region: spec.region,
    account: facts.account,
    endpoint: spec.controlPlaneEndpoint,
    steps,
    nodes: [],
    units: [],
    tearsDown: true as const,
    ...(removals.length === 0 ? {} : { removals: { nodes: nodes.map(({ node }) => node), units: [] } }),
  };
  const approved = { ...plan, steps: steps.map((step) => ({ step: step.step, digest: step.digest })) };
  return { ...plan, digest: digestOf(approved) };
}

interface NodeToEnd {
  readonly node: PlannedNode;
  readonly ids: readonly string[];
}

/** Every name that has an instance with our tags which is not terminated, one that ends already included. */
function nodesToEnd(instances: ClusterFacts['instances']): readonly NodeToEnd[] {
  const open = instances.filter(({ state }) => state !== 'terminated');
  const byName = Map.groupBy(open, ({ node }) => node);
  return [...byName].map(([name, own]) => ({
    node: {
      ...{ name, role: 'worker', op: 'remove', data: [] },
      generation: Math.max(...own.map(({ generation }) => generation)),
    },
    ids: own.map((instance) => (isLive(instance) ? instance.id : `${instance.id} (it ends already)`)),
  }));
}

function endStep({ node, ids }: NodeToEnd, network: readonly StepDraft[]): StepDraft {
  const hosts = keysOf(networkSteps).filter((name) => networkRow(name).hosts === true);
  // a gateway cannot go either while an instance has a public address
  const needs = network.map(({ step }) => step).filter((step) => isOf(step, [...hosts, 'internet-gateway']));
  return {
    ...{ step: nodeStep(node.name, 'ended'), stage: 'removals', op: 'remove', needs, wanted: null },
    ...{ reason: `ends ${ids.join(' and ')}`, found: ids },
  };
}

function networkToRemove(
  { network }: Pick<ClusterFacts, 'network'>,
  residue: readonly Residue[],
): readonly StepDraft[] {
  const parts = keysOf(networkSteps).flatMap((name) =>
    partsThatExist(name, network, residue).map((found) => ({ name, ...found })),
  );
  return parts.map(({ name, part, id }): StepDraft => {
    const needed: readonly NetworkRowName[] = networkSteps[name].needs;
    const needs = parts.filter((other) => needed.includes(other.name)).map((other) => networkStep(other.part));
    return {
      ...{ step: networkStep(part), stage: 'removals', op: 'remove', needs, wanted: null },
      ...{ reason: `deletes ${id ?? 'what is half made of it'}`, found: id },
    };
  });
}

interface FoundPart {
  readonly part: NetworkPart;
  readonly id?: string;
}

/** A half-made one counts, and one that the sweep found by our tags: everything that carries them goes. */
function partsThatExist(
  name: NetworkRowName,
  network: ClusterFacts['network'],
  residue: readonly Residue[],
): readonly FoundPart[] {
  const halfMade = network.halfMade ?? [];
  if (name === 'subnet') {
    const whole = network.subnets.map(({ zone, id }): FoundPart => ({ part: `subnet-${zone}`, id }));
    const half = halfMade.filter((part) => part.startsWith('subnet-') && !whole.some((one) => one.part === part));
    return [...whole, ...half.map((part): FoundPart => ({ part }))];
  }
  const id = network[networkSteps[name].fact];
  if (id !== undefined) return [{ part: name, id }];
  const isThere = halfMade.includes(name) || residue.some(({ kind, ours }) => ours && kind === name);
  return isThere ? [{ part: name }] : [];
}

function isOf(step: StepId, names: readonly NetworkRowName[]): boolean {
  return names.some((name) =>
    name === 'subnet' ? step.startsWith(networkStep('subnet-')) : step === networkStep(name),
  );
}

function foreignNote(residue: readonly Residue[]): Pick<StepDraft, 'note'> {
  const foreign = residue.filter(({ ours }) => !ours).map(residueText);
  if (foreign.length === 0) return {};
  return {
    note: `in its VPC or made by its Kubernetes, and not ours: ${foreign.join('; ')}; delete it yourself first`,
  };
}
