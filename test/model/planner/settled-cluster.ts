import type { ClusterFacts, InstanceFact, NodeFact } from '../../../model/facts/facts.js';
import { changesOf, type Plan, type PlanStep } from '../../../model/plan/plan.js';
import type { StepId } from '../../../model/steps.js';
import { aDeployment, aPlan, aRenderedUnit, aSpec, settledFacts } from '../../builders.js';

/** Three units in two waves; the first one has a Pod on `k8s-worker-1`. */
export const units = [
  aRenderedUnit({
    name: 'redis',
    wave: 0,
    objects: [aDeployment('redis', { nodeSelector: { workload: 'k8s-worker-1' } })],
  }),
  aRenderedUnit({ name: 'rabbitmq', wave: 0 }),
  aRenderedUnit({ name: 'api', wave: 4 }),
];
/** The cluster of the tests of a plan: its units are {@link units}. */
export const spec = aSpec({
  units: units.map(({ name, wave, namespace }) => ({ name, wave, namespace, manifests: `units/${name}` })),
});

/** The step of this id, if the plan has one. */
export function stepOf(plan: Plan, id: StepId): PlanStep | undefined {
  return plan.steps.find(({ step }) => step === id);
}

/** Ids of the steps that change something. */
export function changedSteps(plan: Plan): readonly StepId[] {
  return changesOf(plan).map(({ step }) => step);
}

/** The plan of a cluster that is as the spec says, but for one change of the facts. */
export function settledBut(
  change: (facts: ClusterFacts) => ClusterFacts,
  preparedDigests: Readonly<Record<string, string>> = {},
): Plan {
  return aPlan({ spec, units, preparedDigests, facts: change(settledFacts({ spec, units, preparedDigests })) });
}

/** The facts with every instance exchanged. */
export function withInstances(
  change: (instance: InstanceFact) => readonly InstanceFact[],
): (facts: ClusterFacts) => ClusterFacts {
  return (facts) => ({ ...facts, instances: facts.instances.flatMap(change) });
}

/** The facts with some fields of one Node exchanged. */
export function withNode(
  name: string,
  change: (node: NodeFact) => Partial<NodeFact>,
): (facts: ClusterFacts) => ClusterFacts {
  return (facts) => ({
    ...facts,
    ...(facts.kubernetes === undefined
      ? {}
      : {
          kubernetes: {
            ...facts.kubernetes,
            nodes: facts.kubernetes.nodes.map((node) => (node.name === name ? { ...node, ...change(node) } : node)),
          },
        }),
  });
}
