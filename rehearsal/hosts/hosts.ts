import { bootHost, powerOnHost } from './boot-host.js';
import type { BootRequest } from './boot-host.js';
import { collectFromHosts, followAuditLogs, hostRecords } from './ledger/collect-ledger.js';
import { removeHost, stopHost, takeHostsDown } from './end-host.js';
import { beginFault, healFaults } from './faults/host-fault.js';
import type { LastingFault } from './faults/host-fault.js';
import { createHostsContext } from './hosts-context.js';
import type { HostsConfig, HostsContext } from './hosts-context.js';
import { readKubeadmEffects } from './ledger/kubeadm-effects.js';
import type { KubeadmEffect } from './ledger/kubeadm-effects.js';
import { isSupervised, signalInit } from './supervisor.js';
import { bringSwitchUp } from './network/switch-network.js';

export type { BootRequest, HostsConfig };

export interface HostState {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly running: boolean;
}

/** Real hosts on this machine. All methods need root; they fail with `CommandFailed`. Calls for one host queue up. */
export interface Hosts {
  /** Makes what hosts and worker are plugged into. Repeat: what is there stays. */
  bringNetworkUp(): Promise<void>;
  /**
   * Boots a fresh host and returns when its init is started; SSH answers about a second later. Fails with `InputInvalid` when
   * the user-data is not understood. Repeat: a host that is there stays as it is, also one that is switched off.
   */
  boot(request: BootRequest): Promise<void>;
  /** All processes end at once; the link stays, so that peers are told. The host is off then. */
  kill(id: string): Promise<void>;
  /** Pulls the plug: the link first, so that peers hear nothing. The disk stays. */
  powerOff(id: string): Promise<void>;
  /** Boots a host that is off from its disk. */
  powerOn(id: string): Promise<void>;
  /** Asks the host's init for an orderly restart, and does not wait for it. */
  reboot(id: string): Promise<void>;
  /** Begins a lasting fault; returns whether that changed anything. A host that is off is refused. See `faults/`. */
  fault(id: string, fault: LastingFault): Promise<boolean>;
  /** Ends every lasting fault of the host, and returns which those were. A host that is off is refused. */
  heal(id: string): Promise<readonly LastingFault[]>;
  /** Ends the host and removes its disk, network and cgroups. Repeat: an unknown host is gone already. */
  destroy(id: string): Promise<void>;
  list(): Promise<HostState[]>;
  /** Every start of kubeadm on a host, as the host's journal has it. */
  readKubeadmEffects(id: string): Promise<KubeadmEffect[]>;
  /** Adds to the ledger what kubeadm and the API server did on the hosts, each effect once. Call it before the ledger is read. */
  collectLedger(): Promise<void>;
  /** The API server's part of it alone, which costs next to nothing. */
  followAuditLogs(): Promise<void>;
  /** Removes all hosts and the network, also what killed processes left behind. The ledger stays. */
  takeDown(): Promise<void>;
}

/** The driver of real hosts: systemd-nspawn machines on the golden rootfs, each with its own network and disk. */
export function createHosts(config: HostsConfig): Hosts {
  const context = createHostsContext(config);
  const { queue } = context;
  return {
    bringNetworkUp: () => bringSwitchUp(config.network),
    boot: (request) => queue.run(request.id, () => bootHost(context, request)),
    kill: (id) => queue.run(id, () => stopHost(context, id, 'kill')),
    powerOff: (id) => queue.run(id, () => stopHost(context, id, 'power-off')),
    powerOn: (id) => queue.run(id, () => powerOnHost(context, id)),
    reboot: (id) => queue.run(id, () => rebootHost(context, id)),
    fault: (id, fault) => queue.run(id, () => beginFault(context, id, fault)),
    heal: (id) => queue.run(id, () => healFaults(context, id)),
    destroy: (id) => queue.run(id, () => removeHost(context, id)),
    list: () => listHosts(context),
    readKubeadmEffects: (id) => readKubeadmEffects(context.pathsOf(id).upper),
    collectLedger: () => collectFromHosts(context),
    followAuditLogs: () => followAuditLogs(context),
    takeDown: () => takeHostsDown(context),
  };
}

async function rebootHost(context: HostsContext, id: string): Promise<void> {
  const host = await context.recordOf(id);
  // what Ctrl-Alt-Del does: systemd(1), SIGINT
  if (await signalInit(context.pathsOf(id), 'SIGINT')) await context.note('reboot', host);
}

async function listHosts(context: HostsContext): Promise<HostState[]> {
  const states = (await hostRecords(context)).map(async ({ id, name, address }) => {
    return { id, name, address, running: await isSupervised(context.pathsOf(id)) };
  });
  return Promise.all(states);
}
