import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RolloutError } from '../../../model/rollout-error.js';
import { signalPid } from '../../../systems/recorded-process.js';
import { waitUntil, type Look } from '../../../systems/wait-until.js';

/** The cgroup layout of this machine. */
export interface CgroupLayout {
  /** `hybrid`: v1 controllers and a v2 tree at `unified`. `unified`: v2 only. */
  readonly kind: 'hybrid' | 'unified';
  /** Mount points, one a hierarchy. */
  readonly hierarchies: readonly string[];
}

const root = '/sys/fs/cgroup';

/** Reads the layout from `mountinfo` (proc(5)); `undefined` when it is neither hybrid nor v2 only. */
export function parseCgroupLayout(mountinfo: string): CgroupLayout | undefined {
  const hierarchies = new Map<string, string>();
  for (const line of mountinfo.split('\n')) {
    const [mount = '', source = ''] = line.split(' - ');
    const [path = '', type = ''] = [mount.split(' ')[4], source.split(' ')[0]];
    if (path.startsWith(root) && (type === 'cgroup' || type === 'cgroup2')) hierarchies.set(path, type);
  }
  if (hierarchies.get(root) === 'cgroup2') return { kind: 'unified', hierarchies: [root] };
  if (hierarchies.get(`${root}/unified`) !== 'cgroup2' || hierarchies.size < 2) return undefined;
  return { kind: 'hybrid', hierarchies: [...hierarchies.keys()] };
}

/** The layout of this machine; see `parseCgroupLayout`. */
export async function readCgroupLayout(): Promise<CgroupLayout | undefined> {
  return parseCgroupLayout(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));
}

/** Makes one cgroup in each hierarchy for a host (`parent/name`), with every controller available. Returns their paths. */
export async function makeHostCgroups(parent: string, name: string): Promise<string[]> {
  const layout = await readCgroupLayout();
  if (layout === undefined)
    throw new RolloutError('CommandFailed', 'hosts: the cgroup layout of this machine is unknown');
  const paths: string[] = [];
  for (const hierarchy of layout.hierarchies) {
    const above = join(hierarchy, parent);
    const path = join(above, name);
    await mkdir(above, { recursive: true });
    if (layout.kind === 'unified') for (const dir of [hierarchy, above]) await delegateControllers(dir);
    await mkdir(path, { recursive: true });
    if (existsSync(join(path, 'cpuset.mems'))) await copyCpuset(hierarchy, [above, path], layout);
    paths.push(path);
  }
  return paths;
}

async function delegateControllers(dir: string): Promise<void> {
  const controllers = (await readFile(join(dir, 'cgroup.controllers'), 'utf8')).split(/\s+/).filter(Boolean);
  // one by one: a controller that cannot be delegated must not take the others with it
  for (const controller of controllers) {
    await writeFile(join(dir, 'cgroup.subtree_control'), `+${controller}`).catch(() => undefined);
  }
}

// a v1 cpuset starts empty, and nothing can enter it until it has processors and memory
async function copyCpuset(hierarchy: string, paths: readonly string[], layout: CgroupLayout): Promise<void> {
  if (layout.kind === 'unified') return;
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const value = await readFile(join(hierarchy, file), 'utf8');
    for (const path of paths) await writeFile(join(path, file), value);
  }
}

/** Ends every process in these cgroups and below them with SIGKILL, and waits until none is left (10 s at most). */
export async function killCgroups(name: string): Promise<void> {
  const look = async (): Promise<Look<true>> => {
    const pids = await processesIn(name);
    for (const pid of pids) signalPid(pid, 'SIGKILL');
    return pids.size === 0 ? { done: true } : { waitsFor: `${String(pids.size)} processes in cgroup ${name}` };
  };
  const outcome = await waitUntil(look, { everyMs: 20, deadlineMs: 10_000 });
  if ('timedOut' in outcome) throw new RolloutError('CommandFailed', `hosts: ${outcome.waitsFor} do not end`);
}

/** Removes the cgroups of this name in every hierarchy; they must hold no process. */
export async function removeCgroups(name: string): Promise<void> {
  for (const path of await cgroupsNamed(name)) await removeTree(path);
}

async function processesIn(name: string): Promise<Set<number>> {
  const pids = new Set<number>();
  for (const path of await cgroupsNamed(name)) {
    for (const dir of await treeOf(path)) {
      const text = await readFile(join(dir, 'cgroup.procs'), 'utf8').catch(() => '');
      for (const pid of text.split('\n')) if (pid !== '' && pid !== '0') pids.add(Number(pid));
    }
  }
  return pids;
}

/** The cgroups of this name that there are, one a hierarchy at most. */
export async function cgroupsNamed(name: string): Promise<string[]> {
  const layout = await readCgroupLayout();
  return (layout?.hierarchies ?? []).map((hierarchy) => join(hierarchy, name)).filter((path) => existsSync(path));
}

/** The directory and all below it, deepest last. */
async function treeOf(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => treeOf(join(path, entry.name))),
  );
  return [path, ...below.flat()];
}

async function removeTree(path: string): Promise<void> {
  for (const dir of (await treeOf(path)).reverse()) {
    // a cgroup stays busy for a moment after its last process is gone
    for (let attempt = 0; attempt < 100; attempt++) {
      const failed = await rmdir(dir).then(
        () => false,
        () => existsSync(dir),
      );
      if (!failed) break;
      await sleep(20);
    }
  }
}
