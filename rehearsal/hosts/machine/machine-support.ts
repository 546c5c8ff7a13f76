import { readFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { runProcess } from '../../../systems/process.js';
import { readCgroupLayout } from './cgroups.js';
import { parseOsRelease } from './debian-sources.js';

/** Why this machine cannot have real hosts, as the rest of a sentence; `undefined` when it can. Needs no package. */
export async function whyRealHostsAreImpossible(): Promise<string | undefined> {
  if (platform() !== 'linux') return `this is ${platform()}; real hosts need Linux`;
  if (arch() !== 'x64') return `this machine is ${arch()}; real hosts need x86-64`;
  if (process.getuid?.() !== 0) return 'this is not root; real hosts need root';
  const { distribution } = parseOsRelease(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  if (distribution !== 'debian' && distribution !== 'ubuntu') {
    return `this is ${distribution || 'an unknown distribution'}; real hosts need Debian or Ubuntu`;
  }
  if ((await readCgroupLayout()) === undefined) {
    return 'the cgroup layout of this machine is neither hybrid (v1 with a v2 tree at /sys/fs/cgroup/unified) nor v2 only';
  }
  return whatKernelRefuses();
}

async function whatKernelRefuses(): Promise<string | undefined> {
  // tried in namespaces that end with the command, so that nothing is left
  const trial = (script: string) => runProcess('unshare', ['--mount', '--net', '--pid', '--fork', 'sh', '-c', script]);
  if ((await trial('true')).exitCode !== 0) return 'this root may not make namespaces';
  const overlay =
    'mount -t tmpfs none /mnt && cd /mnt && mkdir l u w r && mount -t overlay none -o lowerdir=l,upperdir=u,workdir=w r';
  if ((await trial(overlay)).exitCode !== 0) return 'this kernel refuses overlay mounts';
  const link = 'ip link add probe0 type bridge && ip link add probe1 type veth peer name probe2';
  const hasIp = (await runProcess('sh', ['-c', 'command -v ip'])).exitCode === 0;
  if (hasIp && (await trial(link)).exitCode !== 0) return 'this kernel has no bridge or veth links';
  return undefined;
}
