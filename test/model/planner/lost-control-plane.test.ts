import { describe, expect, it } from 'vitest';
import { lostState } from '../../../model/planner/lost-control-plane.js';
import { planAsJson, showPlan } from '../../../model/show/show-plan.js';
import { anInstance, aPlan, aSpec, someFacts, wholeNetwork } from '../../builders.js';

const spec = aSpec();
const workers = ['k8s-worker-1', 'k8s-worker-2'].map((node) => anInstance({ node }));

function facts(fields: { readonly initialised?: number; readonly master?: ReturnType<typeof anInstance> }) {
  const { initialised, master } = fields;
  const network = {
    ...wholeNetwork(spec),
    ...(initialised === undefined ? {} : { initialisedGeneration: initialised }),
  };
  return someFacts({ network, instances: [...workers, ...(master === undefined ? [] : [master])] });
}

describe('the state of a cluster', () => {
  it.each([
    ['was terminated', anInstance({ node: 'k8s-master', state: 'terminated' })],
    ['is forgotten by EC2', undefined],
    ['has another name in the spec', anInstance({ node: 'k8s-old-master' })],
  ])('is lost with a control plane that %s', (_, master) => {
    const found = facts({ initialised: 1, ...(master === undefined ? {} : { master }) });
    expect(lostState(spec, found)).toEqual({ controlPlane: 'k8s-master', left: ['k8s-worker-1', 'k8s-worker-2'] });
  });

  it.each([
    ['there never was any', facts({})],
    ['its control plane lives', facts({ initialised: 1, master: anInstance({ node: 'k8s-master' }) })],
    [
      'its control plane is stopped',
      facts({ initialised: 1, master: anInstance({ node: 'k8s-master', state: 'stopped' }) }),
    ],
    [
      'it was given up, and a new one is made',
      facts({ initialised: 1, master: anInstance({ node: 'k8s-master', generation: 2 }) }),
    ],
  ])('is not lost when %s', (_, found) => {
    expect(lostState(spec, found)).toBeUndefined();
  });
});

describe('a plan that makes a new cluster in place of a lost one', () => {
  const plan = aPlan({ spec, facts: facts({ initialised: 1 }) });

  it('says so in its first line, and lists what belongs to the lost one', () => {
    const [first, second, third] = showPlan(plan).split('\n');
    expect(first).toBe(
      'k8s-master is gone, and with it the state of cluster test: etcd, certificates, every object in it',
    );
    expect(second).toContain('up --confirm k8s-master');
    expect(third).toContain('k8s-worker-1, k8s-worker-2');
  });

  it('is another one than the plan of a first roll-out', () => {
    expect(plan.digest).not.toBe(aPlan({ spec, facts: facts({}) }).digest);
    expect(planAsJson(plan).loses?.controlPlane).toBe('k8s-master');
  });
});
