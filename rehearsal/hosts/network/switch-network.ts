import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { mustRun, runProcess } from '../../../systems/process.js';
import type { HostNetwork } from './host-network.js';

const inotifyLimit = '/proc/sys/fs/inotify/max_user_instances';
/** Shared by all rehearsals of this machine: the limit before the first of them, for the last one to put back. */
const inotifyBefore = '/run/groundswell/inotify-max-user-instances';
/** A host takes 8 inotify instances, all counted against root: the usual 128 end at 15 hosts. */
const inotifyNeeded = 4096;

/**
 * Makes the switch (a namespace with a bridge), the uplink with the one route of the root namespace, and the worker's
 * namespace. What is there already stays. Nothing is forwarded beyond the uplink: the switch has no default route.
 */
export async function bringSwitchUp(network: HostNetwork): Promise<void> {
  const inSwitch = ['-n', network.switchNamespace];
  await addNamespace(network.switchNamespace);
  if (!(await linkExists([...inSwitch, 'link', 'show', 'br0']))) {
    await ip([...inSwitch, 'link', 'add', 'br0', 'type', 'bridge']);
  }
  await ip([...inSwitch, 'addr', 'replace', `${network.bridgeAddress}/24`, 'dev', 'br0']);
  await ip([...inSwitch, 'link', 'set', 'br0', 'up']);
  await mustRun('ip', ['netns', 'exec', network.switchNamespace, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward']);

  await bringUplinkUp(network);
  await bringWorkerUp(network);
  await raiseInotifyLimit();
}

async function bringUplinkUp(network: HostNetwork): Promise<void> {
  const [name, inSwitch] = [network.uplinkName, ['-n', network.switchNamespace]];
  if (!(await linkExists(['link', 'show', name]))) {
    await ip(['link', 'add', name, 'type', 'veth', 'peer', 'name', 'up0', 'netns', network.switchNamespace]);
  }
  await ip(['addr', 'replace', `${network.uplinkAddress}/30`, 'dev', name]);
  await ip(['link', 'set', name, 'up']);
  await ip([...inSwitch, 'addr', 'replace', `${network.uplinkSwitchAddress}/30`, 'dev', 'up0']);
  await ip([...inSwitch, 'link', 'set', 'up0', 'up']);
  await ip(['route', 'replace', network.cidr, 'via', network.uplinkSwitchAddress, 'dev', name]);
}

async function bringWorkerUp(network: HostNetwork): Promise<void> {
  const [inSwitch, inWorker] = [
    ['-n', network.switchNamespace],
    ['-n', network.workerNamespace],
  ];
  await addNamespace(network.workerNamespace);
  if (!(await linkExists([...inSwitch, 'link', 'show', 'worker']))) {
    const peer = ['peer', 'name', 'eth0', 'netns', network.workerNamespace];
    await ip([...inSwitch, 'link', 'add', 'worker', 'type', 'veth', ...peer]);
  }
  await ip([...inSwitch, 'link', 'set', 'worker', 'master', 'br0', 'up']);
  await ip([...inWorker, 'addr', 'replace', `${network.workerAddress}/24`, 'dev', 'eth0']);
  await ip([...inWorker, 'link', 'set', 'eth0', 'up']);
}

/** Removes every namespace and link of this network, the hosts' too, and puts the inotify limit back when it is the last. */
export async function takeSwitchDown(network: HostNetwork): Promise<void> {
  await runProcess('ip', ['link', 'del', network.uplinkName]);
  for (const name of await namespaces()) {
    if (name.startsWith(`${network.id}-`)) await runProcess('ip', ['netns', 'del', name]);
  }
  await restoreInotifyLimit();
}

/** Takes the link of a host down at the switch; does nothing when there is none. */
export async function cutLink(network: HostNetwork, link: string): Promise<void> {
  await runProcess('ip', ['-n', network.switchNamespace, 'link', 'set', link, 'down']);
}

/** Brings the link of a host up again at the switch. */
export async function healLink(network: HostNetwork, link: string): Promise<void> {
  await ip(['-n', network.switchNamespace, 'link', 'set', link, 'up']);
}

/** Whether the link of a host is up at the switch. Fails with `CommandFailed` when there is none. */
export async function isLinkUp(network: HostNetwork, link: string): Promise<boolean> {
  const shown = await mustRun('ip', ['-n', network.switchNamespace, '-oneline', 'link', 'show', link]);
  return /<[^>]*\bUP\b/.test(shown);
}

/** The two ends of a host's link, each with the namespace that it is in. */
type LinkEnds = { readonly namespace: string; readonly link: string };

/** Lets no more than this through a host's link, each way. Fails with `CommandFailed` where the kernel has no such queue. */
export async function narrowLink(network: HostNetwork, names: LinkEnds, megabitsPerSecond: number): Promise<void> {
  // a packet that finds its turn more than 400 ms away is dropped, as at any narrow link
  const queue = ['root', 'tbf', 'rate', `${megabitsPerSecond}mbit`, 'burst', '64kb', 'latency', '400ms'];
  for (const [namespace, device] of linkEnds(network, names)) {
    await mustRun('tc', ['-n', namespace, 'qdisc', 'replace', 'dev', device, ...queue]);
  }
}

/** Lets everything through a host's link again. */
export async function widenLink(network: HostNetwork, names: LinkEnds): Promise<void> {
  for (const [namespace, device] of linkEnds(network, names)) {
    await runProcess('tc', ['-n', namespace, 'qdisc', 'del', 'dev', device, 'root']);
  }
}

/** Whether a host's link is narrow, at both ends. */
export async function isLinkNarrow(network: HostNetwork, names: LinkEnds): Promise<boolean> {
  const shown = await Promise.all(
    linkEnds(network, names).map(([namespace, device]) =>
      mustRun('tc', ['-n', namespace, 'qdisc', 'show', 'dev', device, 'root']),
    ),
  );
  return shown.every((text) => text.includes('tbf'));
}

function linkEnds({ switchNamespace }: HostNetwork, { namespace, link }: LinkEnds) {
  return [
    [switchNamespace, link],
    [namespace, 'eth0'],
  ] as const;
}

/** Removes a host's namespace and its link at the switch, if there. */
export async function removeHostLink(
  network: HostNetwork,
  names: { readonly namespace: string; readonly link: string },
): Promise<void> {
  await runProcess('ip', ['-n', network.switchNamespace, 'link', 'del', names.link]);
  await runProcess('ip', ['netns', 'del', names.namespace]);
}

async function addNamespace(name: string): Promise<void> {
  // after a crash the name may be there as a plain file, with no namespace mounted on it
  const usable = (await runProcess('ip', ['-n', name, 'link', 'set', 'lo', 'up'])).exitCode === 0;
  if (usable) return;
  if (existsSync(`/run/netns/${name}`)) await runProcess('ip', ['netns', 'del', name]);
  await ip(['netns', 'add', name]);
  await ip(['-n', name, 'link', 'set', 'lo', 'up']);
}

async function raiseInotifyLimit(): Promise<void> {
  const current = await readFile(inotifyLimit, 'utf8');
  if (Number(current) >= inotifyNeeded) return;
  await mkdir(dirname(inotifyBefore), { recursive: true });
  await writeFile(inotifyBefore, current);
  await writeFile(inotifyLimit, String(inotifyNeeded));
}

async function restoreInotifyLimit(): Promise<void> {
  if ((await namespaces()).some((name) => /^gs[\da-f]{2}-switch$/.test(name))) return;
  const before = await readFile(inotifyBefore, 'utf8').catch(() => undefined);
  if (before === undefined) return;
  await writeFile(inotifyLimit, before);
  await rm(dirname(inotifyBefore), { recursive: true });
}

async function namespaces(): Promise<string[]> {
  return readdir('/run/netns').catch(() => []);
}

async function linkExists(args: readonly string[]): Promise<boolean> {
  return (await runProcess('ip', args)).exitCode === 0;
}

async function ip(args: readonly string[]): Promise<void> {
  await mustRun('ip', args);
}
