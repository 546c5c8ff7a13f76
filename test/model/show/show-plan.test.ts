import { describe, expect, it } from 'vitest';
import { planAsJson, showPlan } from '../../../model/show/show-plan.js';
import { aDeployment, aNode, aNodeFact, aPlan, aRenderedUnit, aSpec, settledFacts } from '../../builders.js';

const spec = aSpec();
const units = [
  aRenderedUnit({ name: 'redis', objects: [aDeployment('redis', { nodeSelector: { workload: 'k8s-worker-1' } })] }),
  aRenderedUnit({ name: 'api', wave: 1 }),
];
const withUnits = aSpec({
  units: units.map(({ name, wave, namespace }) => ({ name, wave, namespace, manifests: `units/${name}` })),
});

describe('showPlan', () => {
  it('sums up in one line, then says what would change and why', () => {
    const plan = aPlan({ spec, units });

    expect(showPlan(plan)).toBe(
      `3 nodes, 2 units, 6 network parts to create: 24 changes, digest ${plan.digest.slice(0, 12)}…

network in ap-northeast-2, account 123456789012
  + vpc                     none with our tags
  + subnet-ap-northeast-2a  none with our tags
  + internet-gateway        none with our tags
  + route-table             none with our tags
  + security-group          none with our tags
  + key-pair                none with our tags

nodes from ubuntu-noble (ami-0123456789abcdef0)
  + k8s-master    generation 1  instance, reachable, prepared, init, cni, labelled: no instance with our tags
      t3.large in ap-northeast-2a, 10.20.0.0/20, disk 20 GiB
  + k8s-worker-1  generation 1  instance, reachable, prepared, join, labelled: no instance with our tags
      t3.micro in ap-northeast-2a, 10.20.0.0/20, disk 20 GiB
      labels workload=k8s-worker-1
  + k8s-worker-2  generation 1  instance, reachable, prepared, join, labelled: no instance with our tags
      t3.micro in ap-northeast-2a, 10.20.0.0/20, disk 20 GiB
      labels workload=k8s-worker-2

waves
  + wave 0  redis  not applied yet  needs k8s-worker-1
  + wave 1  api    not applied yet`,
    );
  });

  it('says first that another Temporal holds the cluster, and what to type where that one is gone', () => {
    const holder = { namespaceId: 'id', place: 'namespace default at ci:7233 on ci-1', runId: 'run-2', by: 'lee' };
    const heldBy = { id: 'lt-1', since: '2026-11-27T10:00:00.000Z', holder };
    const [first, second, ...rest] = showPlan({ ...aPlan({ spec, units }), heldBy }).split('\n');

    expect(first).toBe(
      'another Temporal holds cluster test: run run-2 of cluster/test, namespace default at ci:7233 on ci-1, ' +
        'since 2026-11-27T10:00:00.000Z (lee)',
    );
    expect(second).toContain('`npx groundswell up --take-over lt-1`');
    expect(rest.join('\n')).toBe(`\n${showPlan(aPlan({ spec, units }))}`);
  });

  it('says in one line that nothing would change', () => {
    expect(showPlan(aPlan({ spec, facts: settledFacts({ spec }) }))).toBe('0 changes: the cluster is as the spec says');
  });

  it('gives each step of a node its reason where its instance is there', () => {
    const facts = settledFacts({ spec });
    const nodes = facts.kubernetes!.nodes.filter(({ name }) => name !== 'k8s-worker-1');

    const text = showPlan(aPlan({ spec, facts: { ...facts, kubernetes: { ...facts.kubernetes!, nodes } } }));

    expect(text).toContain('1 node to create: 3 changes, digest ');
    expect(text).toContain(
      '  + k8s-worker-1  generation 1  prepared: no Node says that its host is prepared; join: no Node of this name; labelled: no Node of this name',
    );
    expect(text).toContain('  = as wanted: k8s-master, k8s-worker-2');
    expect(text).not.toContain('network in');
  });

  it('counts by word and marks each row by its own: what is changed is not said to be made', () => {
    const facts = settledFacts({ spec: withUnits, units });
    const { nodes, units: seen, ...kubernetes } = facts.kubernetes!;
    const relabelled = nodes.map((node) => (node.name === 'k8s-master' ? { ...node, annotations: {} } : node));
    const instances = facts.instances.map((instance) =>
      instance.node === 'k8s-worker-2' ? { ...instance, state: 'terminated' as const } : instance,
    );
    const network = { ...facts.network, surplusRules: ['22 from 0.0.0.0/0'] };
    const plan = aPlan({
      spec: withUnits,
      units,
      facts: {
        ...facts,
        network,
        instances,
        kubernetes: {
          ...kubernetes,
          nodes: relabelled,
          units: seen.slice(0, 1).map((unit) => ({ ...unit, digest: '0' })),
        },
      },
    });

    expect(showPlan(plan)).toBe(
      `1 node to replace; 1 unit to create; 1 node, 1 unit, 1 network part to change: 9 changes, digest ${plan.digest.slice(0, 12)}…

network in ap-northeast-2, account 123456789012
  ~ security-group  it has rules that the spec does not want: 22 from 0.0.0.0/0

nodes from ubuntu-noble (ami-0123456789abcdef0)
  ± k8s-worker-2  generation 2  instance, reachable, prepared, join, labelled: its last instance is gone
      t3.micro in ap-northeast-2a, 10.20.0.0/20, disk 20 GiB
      labels workload=k8s-worker-2
  ~ k8s-master    generation 1  labelled: annotation groundswell.dev/applied must change
  = as wanted: k8s-worker-1

waves
  ~ wave 0  redis  its objects differ from the last applied ones  needs k8s-worker-1
  + wave 1  api    not applied yet`,
    );
  });

  it('names what differs and is left as it is, also when nothing changes', () => {
    const facts = settledFacts({ spec });
    const kubernetes = facts.kubernetes!;
    const nodes = [...kubernetes.nodes, aNodeFact(aNode({ name: 'k8s-old' }))];
    const text = showPlan(aPlan({ spec, facts: { ...facts, kubernetes: { ...kubernetes, nodes } } }));

    expect(text).toBe(`0 changes; Groundswell does not change the differences above

different, but Groundswell does not change it
  ! verify/cluster  not in the spec, not made by Groundswell, and not touched: node k8s-old`);
  });
});

describe('planAsJson', () => {
  it('is the plan and the number of its changes', () => {
    const plan = aPlan({ spec, units });

    expect(planAsJson(plan)).toEqual({ ...plan, changes: 24 });
  });
});
