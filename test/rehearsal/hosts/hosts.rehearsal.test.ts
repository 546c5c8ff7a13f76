import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostNetwork } from '../../../rehearsal/hosts/network/host-network.js';
import type { Hosts } from '../../../rehearsal/hosts/hosts.js';
import { whyRealHostsAreImpossible } from '../../../rehearsal/hosts/machine/machine-support.js';
import { readPidFile } from '../../../systems/pid-file.js';
import { mustRun, runProcess } from '../../../systems/process.js';
import { nothing } from './host-traces.js';
import { plainHosts, type PlainHosts } from './plain-hosts.js';

const impossible = await whyRealHostsAreImpossible();
const blob = 'io.containerd.content.v1.content/blobs/sha256/abc';
const databases = [
  'io.containerd.metadata.v1.bolt/meta.db',
  'io.containerd.snapshotter.v1.overlayfs/metadata.db',
] as const;
const inotifyLimit = '/proc/sys/fs/inotify/max_user_instances';

describe.skipIf(impossible !== undefined)(`real hosts${impossible === undefined ? '' : ` (${impossible})`}`, () => {
  const ids = ['i-0000000000000000a', 'i-0000000000000000b', 'i-0000000000000000c'] as const;
  let plain: PlainHosts;
  let dir = '';
  let stateDir = '';
  let network: HostNetwork;
  let hosts: Hosts;
  let inotifyBefore = '';
  let ownLocks: readonly string[] = [];

  const locks = () => readdir('/run/systemd/nspawn/locks').catch(() => []);
  const traces = () => plain.traces();
  const addressOf = (id: string) => plain.addressOf(id);
  const boot = (id: string) => plain.boot(id);
  const ssh = (id: string, command: string) => plain.ssh(id, command);
  const eventually: PlainHosts['eventually'] = (...args) => plain.eventually(...args);
  const settled = (id: string) => plain.settled(id);
  const bootIdOf = (id: string) => plain.bootIdOf(id);

  beforeAll(async () => {
    plain = await plainHosts(ids, [blob, ...databases]);
    ({ dir, stateDir, network, hosts } = plain);
    inotifyBefore = await readFile(inotifyLimit, 'utf8');
    expect(await traces()).toEqual(nothing);

    await hosts.bringNetworkUp();
    await Promise.all(ids.map((id) => boot(id)));
    await Promise.all(ids.map((id) => settled(id)));
    const roots = await Promise.all(ids.map((id) => stat(join(stateDir, 'hosts', id, 'root'))));
    ownLocks = roots.map(({ dev, ino }) => `inode-${String(dev)}:${String(ino)}`);
    expect(await locks()).toEqual(expect.arrayContaining([...ownLocks]));
  });

  afterAll(async () => {
    await hosts.takeDown();
    expect(await traces()).toEqual(nothing);
    expect((await locks()).filter((name) => ownLocks.includes(name))).toEqual([]);
    const others = (await readdir('/run/netns')).some((name) => name.endsWith('-switch'));
    // the limit is the last rehearsal's to put back
    if (!others && Number(inotifyBefore) < 4096) expect(await readFile(inotifyLimit, 'utf8')).toBe(inotifyBefore);
    await plain.remove();
  });

  it('boots a machine of its own with the pinned host key, the user and the file of the user-data', async () => {
    const [id] = ids;
    const script =
      'hostname; ps -p 1 -o comm=; sudo id -u; sudo cat /etc/example; stat -c %a /etc/example; hostname -i';

    expect((await ssh(id, script)).stdout.split('\n')).toEqual([
      'node-a',
      'systemd',
      '0',
      'from user-data640',
      addressOf(id),
    ]);
  });

  it('has no container runtime, no Kubernetes and no failed unit', async () => {
    const result = await ssh(
      ids[0],
      'which containerd runc kubelet kubeadm cloud-init; systemctl --failed --plain --no-legend',
    );

    expect(result.stdout).toBe('');
  });

  it('refuses another host key than the one of the user-data', async () => {
    const [a, b] = ids;
    const known = await readFile(join(dir, `known-${b}`), 'utf8');
    const other = known.replace(addressOf(b), addressOf(a));
    await writeFile(join(dir, 'known-wrong'), other);

    const flags = ['-o', `UserKnownHostsFile=${join(dir, 'known-wrong')}`, '-o', 'StrictHostKeyChecking=yes'];
    const result = await runProcess('ssh', ['-i', join(dir, 'user'), ...flags, `ops@${addressOf(a)}`, 'true']);

    expect(result.exitCode).toBe(255);
    expect(result.stderr).toMatch(/Host key verification failed|IDENTIFICATION HAS CHANGED/);
  });

  it('reaches its own network and the uplink, and nothing else', async () => {
    const [a, b] = ids;
    const reach = (address: string) => ssh(a, `ping -c 1 -W 2 ${address}`);
    const outside = (await mustRun('ip', ['-json', '-4', 'addr'])).match(/"local":"[\d.]+"/g) ?? [];
    const others = outside.map((match) => match.slice(9, -1)).filter((address) => !address.startsWith('127.'));

    expect((await reach(addressOf(b))).exitCode).toBe(0);
    expect((await reach(network.uplinkAddress)).exitCode).toBe(0);
    for (const address of ['192.0.2.1', '8.8.8.8', ...others.filter((address) => !address.startsWith('198.1'))]) {
      expect(`${address} ${String((await reach(address)).exitCode)}`).toBe(`${address} 1`);
    }
  });

  it('lets the worker’s namespace reach hosts and nothing else', async () => {
    const reach = (address: string) =>
      runProcess('ip', ['netns', 'exec', network.workerNamespace, 'ping', '-c', '1', '-W', '2', address]);
    const inWorker = await runProcess('ip', ['-n', network.workerNamespace, 'route']);
    const hasPing = (await runProcess('which', ['ping'])).exitCode === 0;

    expect(inWorker.stdout.trim().split('\n')).toEqual([expect.stringContaining(network.cidr)]);
    if (hasPing) expect((await reach(addressOf(ids[0]))).exitCode).toBe(0);
    if (hasPing) expect((await reach(network.uplinkAddress)).exitCode).not.toBe(0);
  });

  it('starts with a clone of the image store that shares blobs but not databases, on a disk that carries overlays', async () => {
    const links = `stat -c %h ${[blob, ...databases].map((file) => `/var/lib/containerd/${file}`).join(' ')}`;
    const overlay =
      'mkdir -p /var/lib/containerd/t/l /var/lib/containerd/t/u /var/lib/containerd/t/w && cd /var/lib/containerd/t';
    const controllers = 'for c in /sys/fs/cgroup/*/; do mkdir $c/probe && rmdir $c/probe || exit 1; done';
    const mount = 'mount -t overlay overlay -o lowerdir=l,upperdir=u,workdir=w l';

    expect((await ssh(ids[0], `sudo ${links}`)).stdout.split('\n')).toEqual(['4', '1', '1']);
    expect((await ssh(ids[0], `sudo sh -c '${overlay} && ${mount} && ${controllers} && echo done'`)).stdout).toBe(
      'done',
    );
  });

  it('keeps kernel settings that a host writes away from the machine', async () => {
    const before = await readFile('/proc/sys/vm/swappiness', 'utf8');

    const result = await ssh(
      ids[0],
      'sudo sysctl -q -w vm.swappiness=3 kernel.keys.root_maxkeys=77 && cat /proc/sys/vm/swappiness',
    );

    expect(result.stdout).toBe('3');
    expect(await readFile('/proc/sys/vm/swappiness', 'utf8')).toBe(before);
    expect((await ssh(ids[0], `sudo touch '${dir}/x'`)).stderr).toContain('Read-only file system');
  });

  it('comes back by itself after a reboot inside, with its disk and a fresh network', async () => {
    const [id] = ids;
    const before = await bootIdOf(id);
    await ssh(id, 'touch kept; sudo ip addr add 203.0.113.9/32 dev lo; sudo reboot');

    await eventually(
      id,
      'cat /proc/sys/kernel/random/boot_id; uptime -s',
      (stdout) => stdout !== '' && !stdout.includes(before),
    );
    await settled(id);

    expect((await ssh(id, 'ls kept; ip -brief addr show lo')).stdout).toMatch(/^kept\n(?![^]*203\.0\.113\.9)/);
  });

  it('keeps its disk over a power cut, and stays off until it is switched on', async () => {
    const [, id] = ids;
    await ssh(id, 'echo kept > file && sync');
    await hosts.powerOff(id);

    expect(await hosts.list()).toContainEqual({ id, name: 'node-b', address: addressOf(id), running: false });
    await boot(id);
    expect((await ssh(id, 'true')).exitCode).toBe(255);

    await hosts.powerOn(id);
    await hosts.kill(id);
    await hosts.powerOn(id);
    expect(await eventually(id, 'cat file', (stdout) => stdout !== '')).toBe('kept');
  });

  it('counts every start of kubeadm’s units, once each, also after a power cut', async () => {
    const [, id] = ids;
    const start = (unit: string, command: string) =>
      ssh(id, `sudo systemd-run --quiet --wait --unit=${unit} ${command}`);
    await start('groundswell-join-g1', 'false');
    await ssh(id, 'sudo systemctl reset-failed');
    await start('groundswell-join-g1', 'true');
    await ssh(id, 'sudo systemd-run --quiet --unit=groundswell-init-g2 sleep 1000');
    await hosts.powerOff(id);

    const effects = await hosts.readKubeadmEffects(id);
    expect(effects.map(({ effect, unit, succeeded }) => [effect, unit, succeeded])).toEqual([
      ['kubeadm join', 'groundswell-join-g1.service', false],
      ['kubeadm join', 'groundswell-join-g1.service', true],
      ['kubeadm init', 'groundswell-init-g2.service', undefined],
    ]);

    await hosts.collectLedger();
    await hosts.collectLedger();
    const lines = (await readFile(join(dir, 'ledger.ndjson'), 'utf8')).split('\n').filter((line) => line.includes(id));
    expect(lines.map((line) => /"effect":"([^"]*)"/.exec(line)?.[1])).toEqual([
      ...['boot', 'power-off', 'power-on', 'kill', 'power-on', 'power-off'],
      ...['kubeadm join', 'kubeadm join', 'kubeadm init'],
    ]);
  });

  it('leaves nothing of a host that is destroyed', async () => {
    const id = ids[2];
    const namesOf = (all: Awaited<ReturnType<typeof traces>>) => JSON.stringify(all).split(id).length - 1;
    expect(namesOf(await traces())).toBeGreaterThan(10);

    await hosts.destroy(id);
    await hosts.destroy(id);

    expect(namesOf(await traces())).toBe(0);
    expect((await hosts.list()).map((host) => host.id)).toEqual(ids.slice(0, 2));
  });

  it('ends everything after its keepers were killed', async () => {
    await boot(ids[2]);
    for (const id of [ids[0], ids[2]]) {
      const keeper = await readPidFile(join(stateDir, 'hosts', id, 'supervisor'));
      process.kill(keeper?.pid ?? Number.NaN, 'SIGKILL');
    }
    const left = (await traces()).processes.filter((line) => line.includes('systemd-nspawn'));
    for (const id of [ids[0], ids[2]]) expect(left.some((line) => line.includes(id))).toBe(true);

    await hosts.takeDown();

    expect(await traces()).toEqual(nothing);
    expect(await hosts.list()).toEqual([]);
  });
});
