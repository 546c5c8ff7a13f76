import { describe, expect, it } from 'vitest';
import { noDurations } from '../../../rehearsal/simulated/durations.js';
import { createSimulatedAnsible } from '../../../rehearsal/simulated/simulated-playbooks.js';
import { createSimulatedEc2Compute } from '../../../rehearsal/simulated/ec2/simulated-ec2.js';
import { createSimulatedSsh } from '../../../rehearsal/simulated/simulated-hosts.js';
import { createWorld, type Effect } from '../../../rehearsal/simulated/world.js';
import type { ArtifactStore } from '../../../systems/artifacts/artifacts.js';

const noArtifacts: ArtifactStore = {
  get: () => Promise.resolve(''),
  put: () => Promise.resolve('log'),
  growing: {
    pauseMs: 0,
    save: () => Promise.resolve(),
    read: () => Promise.resolve(undefined),
    remove: () => Promise.resolve(),
  },
};
const program = 'sudo -n /usr/local/sbin/groundswell-host';

async function aHost() {
  const effects: Effect[] = [];
  const world = createWorld({ durations: noDurations, faults: [], onEffect: (effect) => effects.push(effect) });
  const ansible = createSimulatedAnsible(world, noArtifacts);
  const ssh = createSimulatedSsh(world);
  const { privateAddress: address = '' } = await createSimulatedEc2Compute(world).runInstance({
    ...{ cluster: 'test', node: 'k8s-redis', generation: 1, zone: 'a', type: 't3.micro', imageId: 'ami-1' },
    ...{ subnetId: 's', securityGroupId: 'g', keyPairName: 'k', diskGiB: 20, userData: '' },
  });
  const host = { cluster: 'test', node: 'k8s-redis', address, user: 'ubuntu', hostKeys: ['k'], key: { env: 'KEY' } };
  const run = async (command: string) => (await ssh.run(host, `${program} ${command}`)).stdout;
  const mint = async () => /token=(\S+)/.exec(await run('mint-token k8s-redis'))?.[1] ?? '';
  const join = (token: string) =>
    ansible.runPlaybook({ playbook: 'join', host, variables: {}, secretVariables: { node_join_token: token } });
  const joins = () => effects.filter(({ effect }) => effect === 'kubeadm join').length;
  return { world, ansible, host, run, mint, join, joins };
}

describe('the simulated kubeadm join', () => {
  it('needs a token that nobody revoked', async () => {
    const { run, mint, join, joins } = await aHost();
    const token = await mint();
    await run('revoke-tokens k8s-redis');

    await expect(join(token)).rejects.toMatchObject({ type: 'KubeadmFailed' });
    expect(joins()).toBe(0);
  });

  it('runs once: a second start attaches to it, a later one finds it done', async () => {
    const { world, mint, join, joins } = await aHost();
    const token = await mint();
    const both = await Promise.all([join(token), join(token)]);

    expect(both.map(({ changedTasks }) => changedTasks)).toEqual([1, 1]);
    expect(await join(token)).toMatchObject({ changedTasks: 0 });
    expect(joins()).toBe(1);
    expect(world.things.units.size).toBe(0);
  });

  it('goes on when its caller is gone, other than a playbook', async () => {
    const { world, ansible, host, mint, join, joins } = await aHost();
    const gone = new AbortController();
    const prepare = ansible.runPlaybook(
      { playbook: 'prepare', host, variables: { prepared_digest: 'd' } },
      { signal: gone.signal },
    );
    const joined = join(await mint());
    gone.abort(new Error('the worker is gone'));

    await expect(prepare).rejects.toThrow('the worker is gone');
    await joined;
    expect(joins()).toBe(1);
    expect([...world.things.files.values()].some((files) => files.has('prepared'))).toBe(false);
  });
});
