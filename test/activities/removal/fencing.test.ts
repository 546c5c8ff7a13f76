import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFencingActivities } from '../../../activities/removal/fencing.js';
import { noDurations } from '../../../rehearsal/simulated/durations.js';
import { putObject } from '../../../rehearsal/simulated/kubernetes/kept-objects.js';
import { createSimulatedKubernetes } from '../../../rehearsal/simulated/kubernetes/simulated-kubernetes.js';
import { createWorld, type World } from '../../../rehearsal/simulated/world.js';
import { createHostIdentity } from '../../../systems/ssh/host-identity.js';
import { anInstance, aSpec } from '../../builders.js';
import { fakeHost, fakeWorld, type FakeWorld } from '../fake-hosts.js';

const spec = aSpec({ workers: 1 });
const worker = { name: 'k8s-worker-1', role: 'worker', generation: 2, op: 'create', data: [] } as const;
const plan = { cluster: 'test', digest: 'd', artifact: 'a' };
const identity = createHostIdentity('s');

let simulated: World;
let world: FakeWorld;

beforeEach(() => {
  simulated = createWorld({ durations: noDurations, faults: [], onEffect: () => undefined });
  world = fakeWorld();
  const master = { cluster: spec.cluster, node: 'k8s-master', generation: 1 };
  const hostKey = identity.secondKey(master).publicKey;
  world.hosts.set('k8s-master', fakeHost({ hostKey, prepared: 'yes', initialised: true }));
  world.nodes.set(worker.name, { machineId: 'm1', ready: false });
  world.instances.push(anInstance({ node: 'k8s-master' }), anInstance({ node: worker.name, generation: 2 }));
});

function fence(
  node: Parameters<ReturnType<typeof createFencingActivities>['fenceNode']>[0]['node'] = worker,
  confirmed?: readonly string[],
) {
  const artifacts = {
    put: () => Promise.resolve('a'),
    get: () => Promise.resolve(JSON.stringify({ spec, plan: {}, units: [] })),
  };
  const kubernetes = createSimulatedKubernetes(simulated);
  const kubernetesAccess = {
    connect: () => Promise.resolve(kubernetes),
    kubeconfig: () => Promise.resolve(undefined),
  };
  const activities = createFencingActivities(
    { ...world, artifacts, kubernetesAccess, identity },
    { everyMs: 1, deadlineMs: 100 },
  );
  const named = confirmed === undefined ? {} : { confirmed };
  return new MockActivityEnvironment().run((input) => activities.fenceNode(input), { plan, node, ...named });
}

function stateOf(node: string, generation: number): string | undefined {
  return world.instances.find((one) => one.node === node && one.generation === generation)?.state;
}

describe('fenceNode', () => {
  it('ends the instance and deletes the Node; the second time nothing changes', async () => {
    expect(await fence()).toEqual({ changed: true });
    expect(stateOf(worker.name, 2)).toBe('terminated');
    expect(stateOf('k8s-master', 1)).toBe('running');
    expect(world.nodes.has(worker.name)).toBe(false);

    expect(await fence()).toEqual({ changed: false });
  });

  it('deletes the Node only after the instance has ended', async () => {
    world.endsAfterLooks = 3;
    await fence();
    expect(world.noted.indexOf(`terminated ${worker.name}`)).toBeLessThan(
      world.noted.indexOf(`deleted ${worker.name}`),
    );
    expect(world.noted).toHaveLength(2);
  });

  it('leaves a later generation alone, which a first attempt may have made already', async () => {
    world.instances.push(anInstance({ node: worker.name, generation: 3 }));
    await fence();
    expect(stateOf(worker.name, 3)).toBe('running');
  });

  it('has no Node to delete before there is a control plane', async () => {
    world.hosts.set('k8s-master', fakeHost({ ...world.hosts.get('k8s-master'), initialised: false }));
    expect(await fence()).toEqual({ changed: true });
    expect(world.nodes.has(worker.name)).toBe(true);
  });

  it('fails when the instance does not end, and says in which state it is', async () => {
    world.endsAfterLooks = Infinity;
    await expect(fence()).rejects.toMatchObject({
      type: 'TimedOut',
      message: expect.stringMatching(
        /^node k8s-worker-1: i-\w+: expected terminated after 0\.1 s, found shutting-down$/,
      ),
    });
    expect(world.nodes.has(worker.name)).toBe(true);
  });

  it('refuses a control plane', async () => {
    await expect(fence({ ...worker, name: 'k8s-master', role: 'control-plane' })).rejects.toMatchObject({
      type: 'InputInvalid',
    });
    expect(stateOf('k8s-master', 1)).toBe('running');
  });

  it('ends nothing while the cluster has data there that nobody named, whatever the spec says of it', async () => {
    putObject(simulated, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'db-0',
        namespace: 'data',
        ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Database', name: 'db', uid: 'u' }],
      },
      spec: { nodeName: worker.name, volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'db' } }] },
    });

    await expect(fence()).rejects.toMatchObject({
      type: 'DataAtRisk',
      message: `node ${worker.name}: holds data of data/db, which nobody named; if you may lose it with its host: --confirm data/db`,
    });
    expect(stateOf(worker.name, 2)).toBe('running');
    expect(world.nodes.has(worker.name)).toBe(true);

    expect(await fence(worker, ['data/db'])).toEqual({ changed: true });
    expect(await fence()).toEqual({ changed: false });
  });

  it('ends a worker also while nobody has reached the control plane yet: nothing is on it that could know a Node', async () => {
    const master = { cluster: spec.cluster, node: 'k8s-master', generation: 1 };
    world.hosts.set('k8s-master', fakeHost({ hostKey: identity.firstKey(master).publicKey }));

    expect(await fence()).toEqual({ changed: true });
    expect(stateOf(worker.name, 2)).toBe('terminated');
  });

  it('asks the newest control plane where two run: what the older one knows is not the cluster any more', async () => {
    const newest = { cluster: spec.cluster, node: 'k8s-master', generation: 2 };
    world.instances.push(anInstance({ node: 'k8s-master', generation: 2 }));
    const hostKey = identity.secondKey(newest).publicKey;
    world.hosts.set('k8s-master', fakeHost({ hostKey, prepared: 'yes', initialised: true }));

    expect(await fence()).toEqual({ changed: true });
    expect(world.nodes.has(worker.name)).toBe(false);
  });
});
