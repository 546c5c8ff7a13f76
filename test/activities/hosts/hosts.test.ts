import { MockActivityEnvironment } from '@temporalio/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHostActivities, type HostActivities } from '../../../activities/hosts/hosts.js';
import { createNodeActivities } from '../../../activities/nodes.js';
import { noDurations } from '../../../rehearsal/simulated/durations.js';
import { createSimulatedKubernetes } from '../../../rehearsal/simulated/kubernetes/simulated-kubernetes.js';
import { createWorld, type World } from '../../../rehearsal/simulated/world.js';
import { RolloutError } from '../../../model/rollout-error.js';
import { createHostIdentity, type HostIdentity, type HostName } from '../../../systems/ssh/host-identity.js';
import { aSpec, sha256 } from '../../builders.js';
import { aClusterUnderTest, runActivity } from '../cluster-dependencies.js';
import { fakeHost, fakeWorld, type FakeHost, type FakeWorld } from '../fake-hosts.js';

const spec = aSpec({ workers: 1 });
const worker = { name: 'k8s-worker-1', role: 'worker', generation: 1, op: 'create', data: [] } as const;
const plan = { cluster: 'test', digest: 'd', artifact: 'a' };
const realIdentity = createHostIdentity('s');
const hostName: HostName = { cluster: 'test', node: worker.name, generation: 1 };
const pace = { everyMs: 1, deadlineMs: 200, loginDeadlineMs: 50 };

/** The result of an activity that ran a playbook. */
const ran = { changed: true, changedTasks: 1, log: 'sha256:0' };

let simulated: World;
let world: FakeWorld;
let host: FakeHost;

/** The fake host takes what is written as its host key, so there the private half is the public one. */
const identity: HostIdentity = {
  ...realIdentity,
  secondKey: (name) => {
    const { publicKey } = realIdentity.secondKey(name);
    return { publicKey, privateKey: publicKey };
  },
};

/** What the plan says that hosts are prepared with; nothing in a plan of an earlier build. */
let planned: Record<string, string> | undefined;
/** Whether the control plane has the credentials that kubeadm init writes. */
let hasCredentials: boolean;

function activities() {
  const artifacts = {
    put: () => Promise.resolve('a'),
    get: () => Promise.resolve(JSON.stringify({ spec, plan: {}, units: [], prepared: planned })),
  };
  const kubernetes = createSimulatedKubernetes(simulated);
  const kubernetesAccess = {
    connect: () => Promise.resolve(hasCredentials ? kubernetes : undefined),
    kubeconfig: () => Promise.resolve(undefined),
  };
  return createHostActivities({ ...world, artifacts, kubernetesAccess, identity, digest: sha256 }, pace);
}

async function run(name: keyof HostActivities): Promise<{ readonly changed: boolean }> {
  return new MockActivityEnvironment().run((input) => activities()[name](input), { plan, node: worker });
}

async function failureType(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof RolloutError ? error.type : String(error);
}

beforeEach(() => {
  planned = undefined;
  hasCredentials = true;
  simulated = createWorld({ durations: noDurations, faults: [], onEffect: () => undefined });
  world = fakeWorld();
  host = fakeHost({ hostKey: identity.secondKey(hostName).publicKey });
  world.hosts.set(worker.name, host);
  const master = { ...hostName, node: 'k8s-master' };
  world.hosts.set('k8s-master', fakeHost({ hostKey: identity.secondKey(master).publicKey, prepared: 'yes' }));
  for (const [index, node] of ['k8s-master', worker.name].entries()) {
    const address = `10.20.0.${index + 4}`;
    world.instances.push({
      ...{ node, generation: 1, id: `i-${index}`, state: 'running', zone: 'ap-northeast-2a', type: 't3.micro' },
      ...{ imageId: 'ami-1', privateAddress: address, publicAddress: `203.0.113.${index + 4}` },
    });
  }
});

describe('waitUntilReachable', () => {
  it('waits while the host boots, then replaces the host key that lay in user-data', async () => {
    host.hostKey = identity.firstKey(hostName).publicKey;
    host.refusals = 3;

    expect(await run('waitUntilReachable')).toEqual({ changed: true });
    expect(host.hostKey).toBe(identity.secondKey(hostName).publicKey);
    expect(await run('waitUntilReachable')).toEqual({ changed: false });
  });

  it('gives up a host that never answers', async () => {
    host.refusals = Number.POSITIVE_INFINITY;

    expect(await failureType(run('waitUntilReachable'))).toBe('HostUnreachable');
  });

  it('refuses at once a host that shows another key', async () => {
    host.hostKey = 'ssh-ed25519 stranger';

    expect(await failureType(run('waitUntilReachable'))).toBe('HostKeyChanged');
    expect(world.commands).toEqual([]);
  });

  it('passes errors that cloud-init recovered from, and fails by others', async () => {
    host.hostKey = identity.firstKey(hostName).publicKey;
    host.cloudInitExitCode = 1;
    expect(await failureType(run('waitUntilReachable'))).toBe('HostNotReady');

    host.cloudInitExitCode = 2;
    expect(await run('waitUntilReachable')).toEqual({ changed: true });
  });
});

describe('prepareHost', () => {
  it('runs the playbook once; then the digest on the host says that there is nothing to do', async () => {
    expect(await run('prepareHost')).toEqual(ran);
    expect(await run('prepareHost')).toEqual({ changed: false });
    expect(world.playbooks.map(({ playbook }) => playbook)).toEqual(['prepare']);
  });

  it('runs no other roles than those of the plan, when a worker of another build carries it out', async () => {
    planned = { [worker.name]: 'a'.repeat(64) };

    await expect(run('prepareHost')).rejects.toMatchObject({
      type: 'PlanStale',
      message: expect.stringMatching(
        /^node k8s-worker-1: expected roles and inputs aaaaaaaaaaaa, as planned; this worker has/,
      ),
    });
    expect(world.playbooks).toEqual([]);
    host.prepared = 'a'.repeat(64);
    expect(await run('prepareHost')).toEqual({ changed: false });
  });

  it('lets the log of each attempt grow under a name of its own', async () => {
    const names = async (attempt: number): Promise<string | undefined> => {
      host.prepared = '';
      const environment = new MockActivityEnvironment({ attempt, activityId: '7' });
      await environment.run((input) => activities().prepareHost(input), { plan, node: worker });
      return world.playbooks.at(-1)?.logName;
    };

    expect(await names(1)).toMatch(/^[\w-]+-7-1$/);
    expect(await names(2)).toMatch(/^[\w-]+-7-2$/);
  });

  it('fails with InstanceGone when no instance with its tags runs', async () => {
    world.instances.length = 0;

    expect(await failureType(run('prepareHost'))).toBe('InstanceGone');
  });
});

describe('a playbook that fails', () => {
  const message = 'node k8s-worker-1: playbook prepare: Install containerd: you have held broken packages';

  it('is explained by a full disk where the host has one, whatever the task made of it', async () => {
    host.freeBytes = 4096;
    world.playbookFailure = new RolloutError('AnsibleTaskFailed', message, { details: 'more' });

    await expect(run('prepareHost')).rejects.toMatchObject({
      type: 'AnsibleTaskFailed',
      message: `${message}; the disk is full: / has 4096 bytes left`,
      details: 'more',
    });
  });

  it('is no matter of reachability when the host does answer and its disk is full', async () => {
    host.freeBytes = 0;
    world.playbookFailure = new RolloutError('HostUnreachable', 'node k8s-worker-1: nothing is told', {
      known: 'output hidden',
    });

    expect(await failureType(run('prepareHost'))).toBe('AnsibleTaskFailed');
  });

  it('is not asked once more where the failure says already that the disk is full', async () => {
    const before = world.commands.length;
    world.playbookFailure = new RolloutError('AnsibleTaskFailed', 'node k8s-worker-1: no space', {
      known: 'disk full',
    });

    expect(await failureType(run('prepareHost'))).toBe('AnsibleTaskFailed');
    expect(world.commands.slice(before).join()).not.toContain('df ');
  });

  it('stays as it is where there is space, or where the host does not answer', async () => {
    world.playbookFailure = new RolloutError('AnsibleTaskFailed', message);
    await expect(run('prepareHost')).rejects.toThrow(message);

    const before = world.commands.length;
    world.playbookFailure = new RolloutError('HostUnreachable', 'node k8s-worker-1: 10.20.0.5: Connection timed out');
    expect(await failureType(run('prepareHost'))).toBe('HostUnreachable');
    expect(world.commands.slice(before).join()).not.toContain('df ');
  });
});

describe('initControlPlane', () => {
  const master = { ...worker, name: 'k8s-master', role: 'control-plane' } as const;
  const init = () => new MockActivityEnvironment().run(() => activities().initControlPlane({ plan, node: master }));

  it('remembers at the VPC that kubeadm init came to its end, once, also for a cluster of an earlier build', async () => {
    await init();
    world.hosts.get('k8s-master')!.initialised = true;

    expect(await init()).toEqual({ changed: false });
    expect(world.noted).toEqual(['recorded 1']);

    world.initialisedGeneration = undefined;
    expect(await init()).toEqual({ changed: false });
    expect(world.initialisedGeneration).toBe(1);
  });

  it('is not done while the VPC that remembers it is not listed, and remembers it at the next attempt', async () => {
    world.vpcIsUnseen = true;
    await expect(init()).rejects.toMatchObject({ type: 'AwsUnavailable' });

    world.vpcIsUnseen = false;
    await init();
    expect(world.initialisedGeneration).toBe(1);
  });

  it('says of missing credentials what every step says that asks the API', async () => {
    hasCredentials = false;
    const sentence =
      'control plane k8s-master: expected /etc/kubernetes/admin.conf, which kubeadm init writes; found none';
    const cluster = aClusterUnderTest({ spec, kubernetes: () => undefined });
    const once = { everyMs: 1, deadlineMs: 0 };
    const labels = createNodeActivities(cluster.dependencies, once);

    await expect(init()).rejects.toMatchObject({ type: 'KubernetesUnavailable', message: sentence });
    await expect(
      runActivity((given) => labels.labelNode(given), { plan: cluster.plan, node: cluster.node(worker.name) }),
    ).rejects.toThrow(sentence);
  });

  it('remembers nothing when kubeadm init did not come to its end', async () => {
    world.playbookFailure = new RolloutError('KubeadmFailed', 'no');

    await expect(init()).rejects.toThrow('no');
    expect(world.initialisedGeneration).toBeUndefined();
  });
});

describe('joinNode', () => {
  beforeEach(() => {
    host.prepared = 'yes';
  });

  it('joins with a token of its own as a secret variable, and revokes it', async () => {
    expect(await run('joinNode')).toEqual(ran);

    expect(world.playbooks[0]?.secretVariables).toEqual({ node_join_token: 'abcdef.0123456789abcdef' });
    expect(JSON.stringify(world.playbooks[0]?.variables)).not.toContain('abcdef.');
    expect(world.tokens.size).toBe(0);
  });

  it('leaves a host alone that has joined, and revokes what a dead worker left', async () => {
    Object.assign(host, { joined: true, joinBegun: true });
    world.tokens.add(worker.name);

    expect(await run('joinNode')).toEqual({ changed: false });
    expect(world.playbooks).toEqual([]);
    expect(world.tokens.size).toBe(0);
  });

  it('deletes the Node of an older machine of this name before it joins', async () => {
    world.nodes.set(worker.name, { machineId: 'm0', ready: true });

    await run('joinNode');

    expect(world.nodes.has(worker.name)).toBe(false);
    expect(world.playbooks[0]?.variables['node_join_reset']).toBe(false);
  });

  it('waits for a join that is at work instead of cleaning up', async () => {
    Object.assign(host, { joinRuns: true, joinBegun: true });
    world.nodes.set(worker.name, { machineId: 'm1', ready: false });

    await run('joinNode');

    expect(world.nodes.has(worker.name)).toBe(true);
    expect(world.playbooks[0]?.variables['node_join_reset']).toBe(false);
  });

  it('lets the kubelet end a join that was cut off', async () => {
    Object.assign(host, { joinBegun: true, bootstrapLeft: true, finishes: true });

    expect(await run('joinNode')).toEqual({ changed: true });
    expect(world.playbooks).toEqual([]);
  });

  it('cleans up and joins anew when that does not happen', async () => {
    Object.assign(host, { joinBegun: true, bootstrapLeft: true });

    expect(await run('joinNode')).toEqual(ran);
    expect(world.playbooks[0]?.variables['node_join_reset']).toBe(true);
  });

  it.each([
    { is: 'has a kubelet that is down', fields: {}, found: 'found an unhealthy kubelet' },
    {
      is: 'was prepared by an earlier build',
      fields: { kubeletConfig: undefined },
      found: 'found an unhealthy kubelet',
    },
    { is: 'does not reach the API', fields: { kubeletHealthy: true }, found: 'whose API server does not answer' },
  ])('never deletes the Node of a host that joined long ago, nor resets it, when it $is', async ({ fields, found }) => {
    Object.assign(host, { joinBegun: true, kubeletConfig: true, ...fields });
    world.nodes.set(worker.name, { machineId: 'm1', ready: false });

    await expect(run('joinNode')).rejects.toMatchObject({ type: 'NodeNotReady' });
    await expect(run('joinNode')).rejects.toThrow(found);
    expect(world.nodes.has(worker.name)).toBe(true);
    expect(world.playbooks).toEqual([]);
    expect(world.commands.join()).not.toMatch(/finish-join|delete-node|mint-token/);
  });

  it('goes on without a change when such a host is well again', async () => {
    Object.assign(host, { joinBegun: true, kubeletConfig: true, finishes: true });

    expect(await run('joinNode')).toEqual({ changed: false });
    expect(world.playbooks).toEqual([]);
  });

  it('never resets a host whose Node is Ready', async () => {
    Object.assign(host, { joinBegun: true });
    world.nodes.set(worker.name, { machineId: 'm1', ready: true });

    expect(await failureType(run('joinNode'))).toBe('NodeNotReady');
    expect(world.nodes.has(worker.name)).toBe(true);
    expect(world.playbooks).toEqual([]);
  });

  it('keeps the token after a failure, because the kubelet may still need it', async () => {
    world.playbookFailure = new RolloutError('HostUnreachable', 'lost');

    expect(await failureType(run('joinNode'))).toBe('HostUnreachable');
    expect(world.tokens.has(worker.name)).toBe(true);
  });

  it('refuses a host that is not prepared', async () => {
    host.prepared = '';

    expect(await failureType(run('joinNode'))).toBe('HostNotReady');
  });
});
