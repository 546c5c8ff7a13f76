import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HostActivities } from '../../activities/hosts/hosts.js';
import type { InstanceFact } from '../../model/facts/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { NodeSpec } from '../../model/spec/spec.js';
import { whyRealHostsAreImpossible } from '../../rehearsal/hosts/machine/machine-support.js';
import { ansibleMissing } from '../systems/ansible/ansible-content.js';
import { bootRehearsalWorld, type RehearsalWorld } from './rehearsal-world.js';

const missing = (await whyRealHostsAreImpossible()) ?? ansibleMissing();
const title = `host activities while a real host is broken${missing === undefined ? '' : ` (skipped: ${missing})`}`;

/** A host that does not answer is given up after 4 s instead of 20 s: the same code in less time. */
const impatient = { connectSeconds: 4, aliveSeconds: 1, aliveCount: 3 };
/** What runs is lost after 4 s, then Ansible tries twice more: about 20 s, on a busy machine more. Never the hour of the activity. */
const givenUpMs = 90_000;
const waiting = { timeout: 90_000, interval: 100 };

/**
 * One control plane and one worker become a cluster, and at each step something breaks first. The order of the tests is that of
 * a roll-out: each leaves the hosts to the next one.
 */
describe.skipIf(missing !== undefined)(title, () => {
  let world: RehearsalWorld;
  let hasty: HostActivities;
  let master: NodeSpec;
  let worker: NodeSpec;

  beforeAll(async () => {
    world = await bootRehearsalWorld();
    hasty = world.activitiesAt(impatient);
    const [first, second] = world.spec.nodes;
    if (first === undefined || second === undefined) throw new Error('expected two nodes');
    [master, worker] = [first, second];
    await Promise.all([run('waitUntilReachable', master), run('waitUntilReachable', worker)]);
  });
  afterEach(async () => {
    for (const { id, running } of await world.hosts.list()) if (running) await world.hosts.heal(id);
  });
  afterAll(async () => {
    await world.close();
  });

  const run = (name: keyof HostActivities, node: NodeSpec, activities = world.activities) => {
    const input = {
      plan: world.plan,
      node: { name: node.name, role: node.role, generation: 1, op: 'create', data: [] },
    } as const;
    return new MockActivityEnvironment().run(() => activities[name](input));
  };
  const instanceOf = (node: NodeSpec): InstanceFact => {
    const instance = world.instances.find((entry) => entry.node === node.name);
    if (instance === undefined) throw new Error(`no instance of ${node.name}`);
    return instance;
  };
  const on = async (node: NodeSpec, command: string): Promise<string> => {
    const { stdout } = await world.ssh.run(world.targetOf(node), `sudo sh -c '${command}'`, { timeoutMs: 60_000 });
    return stdout.trim();
  };
  const breaks = (node: NodeSpec, fault: 'cut' | 'hang' | 'full-disk' | 'slow') =>
    world.hosts.fault(instanceOf(node).id, fault);
  const heal = (node: NodeSpec) => world.hosts.heal(instanceOf(node).id);
  /** Waits for a file on a host's disk, as seen from outside. */
  const appears = (node: NodeSpec, path: string) =>
    vi.waitFor(() => {
      expect(existsSync(join(world.dir, 'hosts', instanceOf(node).id, 'disk/upper', path))).toBe(true);
    }, waiting);
  const joins = async () => (await world.hosts.readKubeadmEffects(instanceOf(worker).id)).length;

  it('prepare on a full disk: fails soon, says that the disk is full, and does nothing by halves', async () => {
    await breaks(worker, 'full-disk');

    const failure = await failureOf(run('prepareHost', worker));

    expect(failure.type).toBe('AnsibleTaskFailed');
    expect(failure.message).toMatch(/^node \S+: playbook prepare: .*the disk is full: .*No space left on device/);
    await heal(worker);
    expect(await on(worker, 'dpkg --audit; test -e /etc/groundswell/prepared || echo not prepared')).toBe(
      'not prepared',
    );
  });

  it('prepare of a host that hangs in the middle: gives it up as unreachable', async () => {
    const attempt = failureOf(run('prepareHost', worker, hasty));
    await appears(worker, 'usr/local/sbin/groundswell-host');
    await breaks(worker, 'hang');
    const hungMs = performance.now();

    const failure = await attempt;

    expect(failure.type).toBe('HostUnreachable');
    expect(failure.message).toContain(`${instanceOf(worker).privateAddress ?? ''}: `);
    expect(performance.now() - hungMs).toBeLessThan(givenUpMs);
    expect((await failureOf(run('prepareHost', worker, hasty))).type).toBe('HostUnreachable');
    await heal(worker);
  });

  it('prepare that is cut off, and then loses its power while dpkg configures a package', async () => {
    await on(worker, holdPackages);
    const attempt = failureOf(run('prepareHost', worker, hasty));
    await appears(worker, 'var/tmp/held');
    await breaks(worker, 'cut');

    expect((await attempt).type).toBe('HostUnreachable');

    await world.hosts.powerOff(instanceOf(worker).id);
    await world.hosts.powerOn(instanceOf(worker).id);
    await run('waitUntilReachable', worker);
    expect(await on(worker, 'dpkg --audit')).toContain('containerd');
    await on(worker, 'rm /usr/sbin/policy-rc.d');
  });

  it('prepare is finished by the next attempt, packages included; the one after it changes nothing', async () => {
    const both = await Promise.all([run('prepareHost', worker), run('prepareHost', master)]);

    expect(both).toMatchObject([{ changed: true }, { changed: true }]);
    expect(await on(worker, 'dpkg --audit; ls /var/lib/dpkg/updates; systemctl is-active containerd')).toBe('active');
    expect(await run('prepareHost', worker)).toEqual({ changed: false });
  });

  it('join on a full disk: fails soon and says so; nothing of a join is begun', async () => {
    await run('initControlPlane', master);
    await run('installPodNetwork', master);
    await breaks(worker, 'full-disk');

    const failure = await failureOf(run('joinNode', worker));

    expect(failure.type).toBe('AnsibleTaskFailed');
    expect(failure.message).toMatch(
      /^node \S+: playbook join: .*the disk is full: .*(No space left on device|has 0 bytes left)/,
    );
    expect(await joins()).toBe(0);
    await heal(worker);
  });

  it('join while the control plane hangs: names the control plane, not the worker', async () => {
    await breaks(master, 'hang');

    const failure = await failureOf(run('joinNode', worker, hasty));

    expect(failure.type).toBe('HostUnreachable');
    expect(failure.message).toMatch(new RegExp(`^node ${master.name}: `));
    await heal(master);
  });

  it('join of a worker that is cut off while kubeadm runs: gives it up as unreachable', async () => {
    const attempt = failureOf(run('joinNode', worker, hasty));
    await vi.waitFor(async () => {
      expect(await joins()).toBe(1);
    }, waiting);
    await breaks(worker, 'cut');
    const cutMs = performance.now();

    expect((await attempt).type).toBe('HostUnreachable');
    expect(performance.now() - cutMs).toBeLessThan(givenUpMs);
    await heal(worker);
  });

  it('join is finished by the next attempt, on a host that is slow now; the one after it changes nothing', async () => {
    await breaks(worker, 'slow');

    await run('joinNode', worker);

    await heal(worker);
    expect(await run('joinNode', worker)).toEqual({ changed: false });
    const node = await on(
      master,
      `kubectl --kubeconfig /etc/kubernetes/admin.conf get node ${worker.name} -o jsonpath={.status.nodeInfo.machineID}`,
    );
    expect(node).toBe(await on(worker, 'cat /etc/machine-id'));
  });

  it('ran kubeadm join once, whatever broke, as the host itself says', async () => {
    expect(await joins()).toBe(1);
  });
});

/** Debian's hook before a package starts its service: it says that it was reached, and then keeps dpkg waiting. */
const holdPackages =
  'printf "#!/bin/sh\\ntouch /var/tmp/held\\nwhile [ -e /usr/sbin/policy-rc.d ]; do sleep 0.1; done\\n" > /usr/sbin/policy-rc.d; ' +
  'chmod 0755 /usr/sbin/policy-rc.d';

async function failureOf(promise: Promise<unknown>): Promise<RolloutError> {
  const found: unknown = await promise.then(
    (value) => `success: ${JSON.stringify(value)}`,
    (reason: unknown) => reason,
  );
  if (found instanceof RolloutError) return found;
  throw new Error(`expected a failure, found ${String(found)}`);
}
