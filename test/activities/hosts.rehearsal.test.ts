import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostOutcome } from '../../activities/host-outcome.js';
import { hostTarget } from '../../activities/host-target.js';
import type { HostActivities } from '../../activities/hosts.js';
import { initVariables, networkVariables, prepareVariables } from '../../activities/playbook-variables.js';
import { preparedDigest } from '../../activities/prepared-digest.js';
import type { NodeSpec } from '../../model/spec.js';
import { whyRealHostsAreImpossible } from '../../rehearsal/hosts/machine-support.js';
import { sha256 } from '../builders.js';
import { ansibleMissing } from '../systems/ansible/ansible-content.js';
import { bootRehearsalWorld, type RehearsalWorld } from './rehearsal-world.js';

const missing = (await whyRealHostsAreImpossible()) ?? ansibleMissing();
const title = `host activities on real hosts${missing === undefined ? '' : ` (skipped: ${missing})`}`;

describe.skipIf(missing !== undefined)(title, () => {
  let world: RehearsalWorld;
  let master: NodeSpec;
  let worker: NodeSpec;

  beforeAll(async () => {
    world = await bootRehearsalWorld();
    const [first, second] = world.spec.nodes;
    if (first === undefined || second === undefined) throw new Error('expected two nodes');
    [master, worker] = [first, second];
  });
  afterAll(async () => {
    await world.close();
  });

  const run = (name: keyof HostActivities, { name: node, role }: NodeSpec): Promise<HostOutcome> => {
    const input = { plan: world.plan, node: { name: node, role, generation: 1, op: 'create', data: [] } } as const;
    return new MockActivityEnvironment().run(() => world.activities[name](input));
  };
  const hostOf = (node: NodeSpec) => {
    const instance = world.instances.find((entry) => entry.node === node.name);
    if (instance === undefined) throw new Error(`no instance of ${node.name}`);
    return { spec: world.spec, node, instance, host: hostTarget({ ...world, instance }) };
  };

  it('makes two fresh hosts a cluster, each step once', async () => {
    for (const node of [master, worker]) {
      expect(await run('waitUntilReachable', node)).toEqual({ changed: true });
      expect(await run('prepareHost', node)).toMatchObject({ changed: true });
    }
    const logs: string[] = [];
    for (const [name, node] of [
      ['initControlPlane', master],
      ['installPodNetwork', master],
      ['joinNode', worker],
    ] as const) {
      const outcome = await run(name, node);
      expect(outcome).toMatchObject({ changed: true, log: expect.stringMatching(/^sha256:/) });
      logs.push(await world.artifacts.get(outcome.log ?? ''));
    }
    expect(logs[2]).toMatch(/TASK \[node_join : Run kubeadm join\]/);
    expect(logs.join('')).not.toMatch(/\b[a-z0-9]{6}\.[a-z0-9]{16}\b|PRIVATE KEY|client-key-data: [^*]/);

    const nodes = await world.ssh.run(
      hostOf(master).host,
      'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o name; sudo kubeadm token list -o json',
    );
    expect(nodes.stdout.split('\n').slice(0, 2)).toEqual([`node/${master.name}`, `node/${worker.name}`]);
    expect(nodes.stdout).not.toContain('groundswell: join of');
  });

  it('changes nothing the second time', async () => {
    const activities = ['waitUntilReachable', 'prepareHost'] as const;
    for (const name of activities) expect(await run(name, master)).toEqual({ changed: false });
    expect(await run('initControlPlane', master)).toEqual({ changed: false });
    expect(await run('installPodNetwork', master)).toMatchObject({ changed: false, changedTasks: 0 });
    expect(await run('joinNode', worker)).toEqual({ changed: false });
  });

  it('has playbooks whose second run changes no task', async () => {
    const { spec, instance, host } = hostOf(master);
    const content = await world.ansible.contentDigest();
    const digest = preparedDigest({ spec, node: master, content, digest: sha256 });
    const prepared = { ...prepareVariables(spec, master), prepared_digest: digest };

    const outcomes = [
      await world.ansible.runPlaybook({ playbook: 'prepare', host, variables: prepared }),
      await world.ansible.runPlaybook({
        playbook: 'init',
        host,
        variables: initVariables({ spec, node: master, instance }),
      }),
      await world.ansible.runPlaybook({ playbook: 'cni', host, variables: networkVariables(spec) }),
    ];

    expect(outcomes.map(({ changedTasks }) => changedTasks)).toEqual([0, 0, 0]);
  });

  it('ran kubeadm once on each host, as the hosts themselves say', async () => {
    const effects = await Promise.all(world.instances.map(({ id }) => world.hosts.readKubeadmEffects(id)));

    expect(effects.flat().map(({ effect, unit }) => `${effect} ${unit}`)).toEqual([
      'kubeadm init groundswell-init-g1.service',
      'kubeadm join groundswell-join-g1.service',
    ]);
  });
});
