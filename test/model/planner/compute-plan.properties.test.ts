import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../model/json/canonical-json.js';
import { computePlan } from '../../../model/planner/compute-plan.js';
import type { ClusterFacts } from '../../../model/facts/facts.js';
import { aDeployment, aPlan, aRenderedUnit, aSpec, settledFacts, sha256, someFacts } from '../../builders.js';
import type { units, spec } from './settled-cluster.js';
import { changedSteps } from './settled-cluster.js';

const someSpec = fc
  .record({ workers: fc.nat(6), first: fc.nat(6), waves: fc.array(fc.nat(5), { maxLength: 6 }) })
  .map(({ workers, first, waves }) => {
    const selectors = ['k8s-worker-1', 'k8s-worker-2', undefined];
    const rendered = waves.map((wave, index) => {
      const workload = selectors[index % selectors.length];
      const pod = workload === undefined ? {} : { nodeSelector: { workload } };
      return aRenderedUnit({ name: `unit-${index}`, wave, objects: [aDeployment(`unit-${index}`, pod)] });
    });
    const base = aSpec({ workers });
    // The control plane may stand anywhere in the list.
    const nodes = [...base.nodes.slice(1, first + 1), ...base.nodes.slice(0, 1), ...base.nodes.slice(first + 1)];
    const unitSpecs = rendered.map(({ name, wave, namespace }) => ({ name, wave, namespace, manifests: name }));
    return { spec: { ...base, nodes, units: unitSpecs }, units: rendered };
  });

/** Facts with some of their parts left out, as a roll-out that was broken off leaves them. */
const someProgress = fc.record({
  instances: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  nodes: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  units: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  network: fc.boolean(),
  kubernetes: fc.boolean(),
});

function reached(
  input: { spec: typeof spec; units: typeof units },
  progress: Parameters<typeof keep>[1],
): ClusterFacts {
  return keep(settledFacts(input), progress);
}

function keep(
  facts: ClusterFacts,
  progress: {
    readonly instances: readonly boolean[];
    readonly nodes: readonly boolean[];
    readonly units: readonly boolean[];
    readonly network: boolean;
    readonly kubernetes: boolean;
  },
): ClusterFacts {
  const { kubernetes, ...rest } = facts;
  return {
    ...rest,
    network: progress.network ? facts.network : { subnets: [] },
    instances: facts.instances.filter((_, index) => progress.instances[index]),
    ...(progress.kubernetes && kubernetes
      ? {
          kubernetes: {
            ...kubernetes,
            nodes: kubernetes.nodes.filter((_, index) => progress.nodes[index]),
            units: kubernetes.units.filter((_, index) => progress.units[index]),
          },
        }
      : {}),
  };
}

function shuffledKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffledKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]): [string, unknown] => [key, shuffledKeys(item)])
      .toReversed(),
  );
}

describe('computePlan, for any spec and any progress', () => {
  it('plans nothing when the facts equal the spec', () => {
    fc.assert(
      fc.property(someSpec, (input) => {
        expect(changedSteps(aPlan({ ...input, facts: settledFacts(input) }))).toEqual([]);
      }),
    );
  });

  it('lets every step need earlier steps only, and lists none twice', () => {
    fc.assert(
      fc.property(someSpec, someProgress, (input, progress) => {
        const { steps } = aPlan({ ...input, facts: reached(input, progress) });
        const seen = new Set<string>();
        for (const { step, needs } of steps) {
          for (const need of needs) expect(seen, `${step} needs ${need}`).toContain(need);
          expect(seen).not.toContain(step);
          seen.add(step);
        }
      }),
    );
  });

  it('marks a node exactly when one of its steps changes something', () => {
    fc.assert(
      fc.property(someSpec, someProgress, (input, progress) => {
        const plan = aPlan({ ...input, facts: reached(input, progress) });
        for (const { name, op } of plan.nodes) {
          expect(changedSteps(plan).some((step) => step.startsWith(`node/${name}/`))).toBe(op !== 'none');
        }
      }),
    );
  });

  it('gives the same plan for the same input, whatever the order of its keys', () => {
    fc.assert(
      fc.property(someSpec, someProgress, (input, progress) => {
        const facts = reached(input, progress);
        const plan = computePlan({ ...input, facts, digest: sha256 });
        const again: typeof input & { facts: ClusterFacts } = JSON.parse(
          JSON.stringify(shuffledKeys({ ...input, facts })),
        );

        expect(canonicalJson(computePlan({ ...again, digest: sha256 }))).toBe(canonicalJson(plan));
      }),
    );
  });

  it('sees every missing piece: fewer facts never mean fewer changes', () => {
    fc.assert(
      fc.property(someSpec, someProgress, (input, progress) => {
        const partly = changedSteps(aPlan({ ...input, facts: reached(input, progress) }));
        const nothing = changedSteps(aPlan({ ...input, facts: someFacts() }));

        expect(nothing).toEqual(expect.arrayContaining([...partly]));
      }),
    );
  });
});
