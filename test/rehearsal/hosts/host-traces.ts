import { readdir, readFile } from 'node:fs/promises';
import { runProcess } from '../../../systems/process.js';

/** Everything in the kernel and in /run that belongs to one rehearsal, by kind. */
export interface HostTraces {
  readonly mounts: readonly string[];
  readonly loops: readonly string[];
  readonly namespaces: readonly string[];
  readonly links: readonly string[];
  readonly routes: readonly string[];
  readonly cgroups: readonly string[];
  readonly processes: readonly string[];
  readonly nspawn: readonly string[];
}

/** What a rehearsal leaves once it was taken down. */
export const nothing: HostTraces = {
  mounts: [],
  loops: [],
  namespaces: [],
  links: [],
  routes: [],
  cgroups: [],
  processes: [],
  nspawn: [],
};

/** Looks for traces by the rehearsal's id, network and state folder, with the machine's own tools. */
export async function findTraces(owner: { id: string; prefix: string; stateDir: string }): Promise<HostTraces> {
  const own = (lines: readonly string[], ...words: readonly string[]) =>
    lines.filter((line) => words.some((word) => line.includes(word)));
  const output = async (file: string, args: readonly string[]) => (await runProcess(file, args)).stdout.split('\n');
  return {
    mounts: own((await readFile('/proc/self/mountinfo', 'utf8')).split('\n'), owner.stateDir, `/${owner.id}-`),
    loops: own(await output('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE']), owner.stateDir),
    namespaces: own(await readdir('/run/netns').catch(() => []), `${owner.id}-`),
    links: own(await output('ip', ['-oneline', 'link']), `${owner.id}-`),
    routes: own(await output('ip', ['route', 'show', 'table', 'all']), `${owner.prefix}.`, `${owner.id}-`),
    cgroups: own(await output('find', ['/sys/fs/cgroup', '-type', 'd']), `/${owner.id}`),
    processes: await ownProcesses(owner),
    nspawn: own(await readdir('/run/systemd/nspawn/propagate').catch(() => []), `${owner.id}-`),
  };
}

async function ownProcesses(owner: { id: string; stateDir: string }): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    const cgroups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    // a zombie has neither a command nor memory: it waits for the machine's init, not for us
    if (command === '' || Number(pid) === process.pid) continue;
    if (command.includes(owner.stateDir) || cgroups.includes(`/${owner.id}/`)) found.push(`${pid} ${command}`);
  }
  return found;
}
