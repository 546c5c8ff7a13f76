import type { SeenDeployment, SeenNode } from './cluster.js';
import { certificateRequests, effectsPerNode, effectsPerObject, registrations, type LedgerLine } from './ledger.js';

/** One thing that was looked at, and whether it is as it must be. */
export interface Judgement {
  readonly good: boolean;
  /** What was expected and found, in one line. */
  readonly sentence: string;
}

/** What must be true of a node, written down by who judges, not taken from the product. */
export interface ExpectedNode {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly string[];
}

/** Every expected node is there by name, Ready, with its labels and taints; no other node is there. */
export function judgeNodes(expected: readonly ExpectedNode[], seen: readonly SeenNode[]): readonly Judgement[] {
  const strangers = seen.filter(({ name }) => !expected.some((node) => node.name === name)).map(({ name }) => name);
  return [
    judgement(strangers.length === 0, `no node but the expected ones; found ${strangers.join(', ') || 'none'}`),
    ...expected.flatMap((node) =>
      judgeNode(
        node,
        seen.find(({ name }) => name === node.name),
      ),
    ),
  ];
}

function judgeNode(expected: ExpectedNode, seen: SeenNode | undefined): readonly Judgement[] {
  if (seen === undefined) return [judgement(false, `${expected.name}: is a node of the cluster; found none`)];
  const wrong = Object.entries(expected.labels).filter(([key, value]) => seen.labels[key] !== value);
  const taints = [...expected.taints].sort();
  return [
    judgement(seen.ready, `${expected.name}: is Ready`),
    judgement(
      wrong.length === 0,
      `${expected.name}: has its labels; wrong or missing: ${wrong.map(([key]) => key).join(', ') || 'none'}`,
    ),
    judgement(
      JSON.stringify(taints) === JSON.stringify(seen.taints),
      `${expected.name}: taints are ${taints.join(', ') || 'none'}; found ${seen.taints.join(', ') || 'none'}`,
    ),
  ];
}

/**
 * One RunInstances, and one `kubeadm init` or `kubeadm join`, per expected node; nothing for any other. As the API server has
 * it: one Node was registered for each, and one certificate asked for by each kubelet that joined.
 */
export function judgeLedger(expected: readonly ExpectedNode[], ledger: readonly LedgerLine[]): readonly Judgement[] {
  const joiners = expected.filter(({ role }) => role === 'worker');
  const founders = expected.filter(({ role }) => role === 'control-plane');
  return [
    ...once('RunInstances', effectsPerNode(ledger, 'RunInstances'), expected),
    ...once('kubeadm init', effectsPerNode(ledger, 'kubeadm init'), founders),
    ...once('kubeadm join', effectsPerNode(ledger, 'kubeadm join'), joiners),
    ...once('registration of the Node', registrations(ledger), expected),
    ...once('certificate request of a join', certificateRequests(ledger), joiners),
    ...['CreateVpc', 'CreateInternetGateway'].map((effect) => {
      const count = ledger.filter((line) => line.effect === effect).length;
      return judgement(count === 1, `${effect}: 1 effect; found ${count}`);
    }),
  ];
}

function once(
  effect: string,
  counts: ReadonlyMap<string, number>,
  nodes: readonly ExpectedNode[],
): readonly Judgement[] {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [
    judgement(total === nodes.length, `${effect}: ${nodes.length} effects in all; found ${total}`),
    ...nodes.map(({ name }) =>
      judgement(counts.get(name) === 1, `${effect} of ${name}: 1 effect; found ${counts.get(name) ?? 0}`),
    ),
  ];
}

/** Every Deployment of a unit was changed once, when it was applied, as the API server has it. */
export function judgeApplied(seen: readonly SeenDeployment[], ledger: readonly LedgerLine[]): readonly Judgement[] {
  const counts = effectsPerObject(ledger, 'apps/v1/Deployment');
  return ofUnits(seen, ({ namespace, name }) => {
    const count = counts.get(`apps/v1/Deployment/${namespace}/${name}`) ?? 0;
    return judgement(count === 1, `Deployment ${namespace}/${name}: 1 change in the ledger; found ${count}`);
  });
}

/** Every Deployment of a unit has all its pods ready. */
export function judgeDeployments(seen: readonly SeenDeployment[]): readonly Judgement[] {
  return ofUnits(seen, ({ namespace, name, wanted, ready }) =>
    judgement(ready === wanted, `Deployment ${namespace}/${name}: ${wanted} ready; found ${ready}`),
  );
}

/** A cluster without a single Deployment of a unit is not judged good for want of anything to look at. */
function ofUnits(
  seen: readonly SeenDeployment[],
  judge: (deployment: SeenDeployment) => Judgement,
): readonly Judgement[] {
  const units = seen.filter(({ unit }) => unit !== undefined);
  return [judgement(units.length > 0, `Deployments of units; found ${units.length}`), ...units.map(judge)];
}

/** One child workflow per node, and no node twice. */
export function judgeChildren(expected: readonly ExpectedNode[], children: readonly string[]): readonly Judgement[] {
  const nodes = children.flatMap((id) => /\/node\/(.+)$/.exec(id)?.[1] ?? []);
  const distinct = new Set(nodes);
  return [
    judgement(nodes.length === expected.length, `${expected.length} child workflows of nodes; found ${nodes.length}`),
    judgement(
      distinct.size === nodes.length,
      `no node has two children; found ${nodes.length - distinct.size} too many`,
    ),
  ];
}

export function judgement(good: boolean, sentence: string): Judgement {
  return { good, sentence };
}
