import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { killCgroups, removeCgroups } from './machine/cgroups.js';
import { collectFromHost } from './ledger/collect-ledger.js';
import { removeDisk, unmountBelow } from './disk/host-disk.js';
import { hostIds, hostNames, machineName, readHostRecord } from './host-record.js';
import type { HostsContext } from './hosts-context.js';
import { endAbruptly, isSupervised, killSupervisor, removeNspawnTraces } from './supervisor.js';
import { cutLink, removeHostLink, takeSwitchDown } from './network/switch-network.js';

/** Ends all processes of a host at once; for a power cut its link goes first. Its disk stays. */
export async function stopHost(context: HostsContext, id: string, effect: 'kill' | 'power-off'): Promise<void> {
  const host = await context.recordOf(id);
  const paths = context.pathsOf(id);
  if (!(await isSupervised(paths))) return;
  if (effect === 'power-off') await cutLink(context.network, hostNames(context.network, host).link);
  await endAbruptly(host, paths);
  await context.note(effect, host);
}

/** Ends a host, running or not, and removes all that it had. Its part of the ledger is written first. */
export async function removeHost(context: HostsContext, id: string): Promise<void> {
  const { network } = context;
  const paths = context.pathsOf(id);
  const host = await readHostRecord(paths.dir);
  if (host !== undefined) await collectFromHost(context, host);
  await killSupervisor(paths);
  await killCgroups(join(network.id, id));
  if (host !== undefined) await removeHostLink(network, hostNames(network, host));
  await removeNspawnTraces(machineName(network, id), paths.root);
  await removeDisk(paths);
  await removeCgroups(join(network.id, id));
  context.auditLogs.delete(id);
  if (host !== undefined) await context.note('destroy', host);
}

/** Removes every host and the network, whatever state a crash left them in. */
export async function takeHostsDown(context: HostsContext): Promise<void> {
  const { network, hostsDir, kernelDir } = context;
  // keepers of all hosts first: none of them may start anything any more
  for (const id of await hostIds(hostsDir)) await killSupervisor(context.pathsOf(id));
  await killCgroups(network.id);
  const removals = (await hostIds(hostsDir)).map((id) => context.queue.run(id, () => removeHost(context, id)));
  await Promise.all(removals);
  await removeCgroups(network.id);
  await takeSwitchDown(network);
  await unmountBelow(hostsDir);
  for (const dir of [hostsDir, kernelDir]) await rm(dir, { recursive: true, force: true });
}
