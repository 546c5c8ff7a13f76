import { existsSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RolloutError } from '../../model/rollout-error.js';
import { startDetached } from '../../systems/process.js';
import { readPidFile } from '../../systems/pid-file.js';
import { isRunning, signalPid, signalProcess } from '../../systems/recorded-process.js';
import { killCgroups, makeHostCgroups } from './machine/cgroups.js';
import { diskBinds, escapeColons } from './disk/host-disk.js';
import { memoryFile } from './machine/memory-file.js';
import { hostNames } from './host-record.js';
import type { HostPaths, HostRecord } from './host-record.js';
import type { HostNetwork } from './network/host-network.js';
import { waitUntil, type Look } from '../../systems/wait-until.js';

export interface SupervisedHost {
  readonly network: HostNetwork;
  readonly host: HostRecord;
  readonly paths: HostPaths;
  /** Folders of the machine that the host sees read-only, by path outside and inside. */
  readonly readOnlyBinds: readonly { readonly from: string; readonly to: string }[];
}

const script = fileURLToPath(new URL('run-host.sh', import.meta.url));
const startTimeoutMs = 15_000;

/**
 * Starts the host's keeper (`run-host.sh`) in a session of its own and waits until its nspawn runs. Does nothing when it
 * runs. What a killed keeper left running is ended first. Fails with `CommandFailed` after 15 s.
 */
export async function startSupervisor(supervised: SupervisedHost): Promise<void> {
  const { network, host, paths } = supervised;
  if (await isSupervised(paths)) return;
  const names = hostNames(network, host);
  await killCgroups(join(network.id, host.id));
  const cgroups = await makeHostCgroups(network.id, host.id);

  const pid = startDetached(script, [paths.dir, ...nspawnArguments(supervised)], {
    logFile: paths.consoleLog,
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOST_MACHINE: names.machine,
      HOST_NAMESPACE: names.namespace,
      HOST_LINK: names.link,
      HOST_MAC: names.mac,
      HOST_ADDRESS: host.address,
      HOST_CGROUPS: cgroups.join(' '),
      SWITCH_NAMESPACE: network.switchNamespace,
      GATEWAY_ADDRESS: network.bridgeAddress,
    },
  });
  await waitFor(
    async () => (await readPidFile(join(paths.dir, 'nspawn'))) !== undefined && (await isSupervised(paths)),
    {
      what: `host ${host.name} (${host.id}): its keeper, pid ${String(pid)}, runs`,
      logFile: paths.consoleLog,
    },
  );
}

/** Whether the host's keeper runs. */
export async function isSupervised(paths: HostPaths): Promise<boolean> {
  const supervisor = await readPidFile(join(paths.dir, 'supervisor'));
  return supervisor !== undefined && (await isRunning(supervisor));
}

/** Whether the keeper saw the host go off (power cut, `poweroff`, crash), and it was not started again. */
export function isOff(paths: HostPaths): boolean {
  return existsSync(join(paths.dir, 'ended'));
}

/** Whether the host was ever started. */
export function wasStarted(paths: HostPaths): boolean {
  return existsSync(join(paths.dir, 'supervisor'));
}

/** Ends the keeper with SIGKILL, so that it does not boot the host again. */
export async function killSupervisor(paths: HostPaths): Promise<void> {
  const supervisor = await readPidFile(join(paths.dir, 'supervisor'));
  if (supervisor !== undefined) await signalProcess(supervisor, 'SIGKILL');
}

/** Sends a signal to the host's PID 1. Returns whether it was there. */
export async function signalInit(paths: HostPaths, signal: 'SIGKILL' | 'SIGINT'): Promise<boolean> {
  const nspawn = await readPidFile(join(paths.dir, 'nspawn'));
  if (nspawn === undefined || !(await isRunning(nspawn))) return false;
  const pid = String(nspawn.pid);
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const init = Number(children.split(' ')[0]);
  return init > 1 && signalPid(init, signal);
}

/** Removes what nspawn leaves in /run for a machine that ended: its propagation folder and the lock of its root. */
export async function removeNspawnTraces(machine: string, root: string): Promise<void> {
  await rm(`/run/systemd/nspawn/propagate/${machine}`, { recursive: true, force: true });
  const inode = await stat(root).catch(() => undefined);
  if (inode === undefined) return;
  await rm(`/run/systemd/nspawn/locks/inode-${String(inode.dev)}:${String(inode.ino)}`, { force: true });
}

/** Ends all processes of the host with SIGKILL and waits until its keeper has seen it. Fails with `CommandFailed` after 15 s. */
export async function endAbruptly(host: HostRecord, paths: HostPaths): Promise<void> {
  const ended = async () => {
    if (!(await isSupervised(paths))) return true;
    // again and again: in its first moments a host has no init yet
    await signalInit(paths, 'SIGKILL');
    return false;
  };
  await waitFor(ended, { what: `host ${host.name} (${host.id}): it ends`, logFile: paths.consoleLog });
}

function nspawnArguments({ network, host, paths, readOnlyBinds }: SupervisedHost): string[] {
  const names = hostNames(network, host);
  return [
    // neither D-Bus nor systemd is needed outside
    ...['--boot', '--quiet', '--register=no', '--keep-unit'],
    ...[`--machine=${names.machine}`, `--hostname=${host.hostname}`, `--directory=${paths.root}`],
    `--network-namespace-path=/run/netns/${names.namespace}`,
    // not the clock and the modules of the one kernel
    ...['--capability=all', '--drop-capability=CAP_SYS_TIME,CAP_SYS_MODULE'],
    '--system-call-filter=add_key keyctl bpf perf_event_open',
    ...['--resolv-conf=off', '--timezone=off', '--link-journal=no', '--console=read-only'],
    ...diskBinds(paths),
    ...(host.memoryMiB === undefined ? [] : [`--bind-ro=${memoryFile}:/proc/meminfo`]),
    ...readOnlyBinds.map(({ from, to }) => `--bind-ro=${escapeColons(from)}:${escapeColons(to)}`),
  ];
}

async function waitFor(
  condition: () => Promise<boolean>,
  options: { readonly what: string; readonly logFile: string },
): Promise<void> {
  const look = async (): Promise<Look<true>> => ((await condition()) ? { done: true } : { waitsFor: options.what });
  if ('done' in (await waitUntil(look, { everyMs: 20, deadlineMs: startTimeoutMs }))) return;
  const console = await readFile(options.logFile, 'utf8').catch(() => '');
  throw new RolloutError('CommandFailed', `${options.what}: not yet after ${String(startTimeoutMs / 1000)} s`, {
    details: console.slice(-4000),
  });
}
