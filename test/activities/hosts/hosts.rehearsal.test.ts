import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HostOutcome } from '../../../activities/hosts/host-outcome.js';
import { hostTarget } from '../../../activities/hosts/host-target.js';
import type { HostActivities } from '../../../activities/hosts/hosts.js';
import { initVariables, networkVariables, prepareVariables } from '../../../activities/hosts/playbook-variables.js';
import { preparedDigest } from '../../../activities/hosts/prepared-digest.js';
import type { NodeSpec } from '../../../model/spec/spec.js';
import { whyRealHostsAreImpossible } from '../../../rehearsal/hosts/machine/machine-support.js';
import { sha256 } from '../../builders.js';
import { ansibleMissing } from '../../systems/ansible/ansible-content.js';
import { bootRehearsalWorld, type RehearsalWorld } from '../rehearsal-world.js';

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

  it('shows every kubelet the memory of its instance type', async () => {
    const kubectl = 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf';
    const ask = `${kubectl} get nodes -o 'jsonpath={range .items[*]}{.metadata.name} {.status.capacity.memory}{"\\n"}{end}'`;

    const { stdout } = await world.ssh.run(hostOf(master).host, ask);

    expect(stdout.trim().split('\n')).toEqual([`${master.name} 4Gi`, `${worker.name} 1Gi`]);
  });

  it('changes nothing the second time', async () => {
    const activities = ['waitUntilReachable', 'prepareHost'] as const;
    for (const name of activities) expect(await run(name, master)).toEqual({ changed: false });
    expect(await run('initControlPlane', master)).toEqual({ changed: false });
    expect(await run('installPodNetwork', master)).toMatchObject({ changed: false, changedTasks: 0 });
    expect(await run('joinNode', worker)).toEqual({ changed: false });
  });

  describe('a host that joined and is not well', () => {
    const onMaster = async (command: string): Promise<string> => {
      const kubectl = 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf';
      return (await world.ssh.run(hostOf(master).host, command.replace('kubectl', kubectl))).stdout;
    };
    const onWorker = (command: string) => world.ssh.run(hostOf(worker).host, command);
    const uidOfNode = () => onMaster(`kubectl get node ${worker.name} -o jsonpath={.metadata.uid}`);

    it.each([
      { is: 'its kubelet is down', break: 'systemctl stop kubelet', mend: 'systemctl start kubelet' },
      { is: 'it cannot reach the API', break: 'ip route add blackhole MASTER', mend: 'ip route del blackhole MASTER' },
    ])('is neither reset nor is its Node deleted when $is; mended, the join finds nothing to do', async (road) => {
      const { instance } = hostOf(master);
      const sudo = (command: string) => onWorker(`sudo ${command.replace('MASTER', instance.privateAddress ?? '')}`);
      const uid = await uidOfNode();
      await onWorker('sudo touch /var/lib/kubelet/kept');
      expect(await sudo(road.break)).toMatchObject({ exitCode: 0 });

      await expect(run('joinNode', worker)).rejects.toMatchObject({ type: 'NodeNotReady' });

      expect(uid).not.toBe('');
      expect(await uidOfNode()).toBe(uid);
      expect(await onWorker('sudo ls /var/lib/kubelet/kept')).toMatchObject({ exitCode: 0 });
      expect(await sudo(road.mend)).toMatchObject({ exitCode: 0 });
      expect(await run('joinNode', worker)).toEqual({ changed: false });
    });

    it('is not reset by the host itself either, when somebody asks it to', async () => {
      await onWorker('sudo systemctl stop kubelet');
      const asked = await onWorker('sudo /usr/local/sbin/groundswell-host join 1 /dev/null reset');
      await onWorker('sudo systemctl start kubelet');

      expect(asked).toMatchObject({ exitCode: 1 });
      expect(asked.stderr).toContain('a join had come to its end here; nothing is reset');
    });

    it('is not initialised again as a control plane whose API server is gone', async () => {
      const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';
      await onMaster(`sudo mv ${manifest} /etc/kubernetes/kept.yaml`);
      const ready = 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=2s get --raw /readyz';
      const isGone = async () => (await world.ssh.run(hostOf(master).host, ready)).exitCode !== 0;
      await vi.waitUntil(isGone, { timeout: 120_000, interval: 1_000 });

      await expect(run('initControlPlane', master)).rejects.toThrow(/is not run again/);

      await onMaster(`sudo mv /etc/kubernetes/kept.yaml ${manifest}`);
      await vi.waitUntil(async () => !(await isGone()), { timeout: 300_000, interval: 1_000 });
    });
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
