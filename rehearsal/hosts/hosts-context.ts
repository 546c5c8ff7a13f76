import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import type { AuditFollower } from './ledger/audit-follower.js';
import { appendHostEffect } from './ledger/host-ledger.js';
import type { HostEffect } from './ledger/host-ledger.js';
import type { HostNetwork } from './network/host-network.js';
import { hostPaths, readHostRecord } from './host-record.js';
import type { HostPaths, HostRecord } from './host-record.js';
import { kernelModulesDir } from './machine/kernel-modules.js';
import { keyedQueue } from './keyed-queue.js';
import type { KeyedQueue } from './keyed-queue.js';

export interface HostsConfig {
  /** The hosts' disks are in its `hosts/` folder. One process at a time may drive the hosts of a state folder. */
  readonly stateDir: string;
  /** The golden rootfs (`ensureRootfs`). */
  readonly rootfs: { readonly dir: string };
  readonly network: HostNetwork;
  /** The ledger's file. */
  readonly ledger: string;
  /** A folder that every host sees read-only at the same path: packages may link into it. */
  readonly storeDir?: string;
  /** A prepared `/var/lib/containerd` that every host starts with a clone of. Default: an empty one. */
  readonly imageStore?: string;
  /** The name server in `/etc/resolv.conf`. Default: the bridge, where nobody answers. */
  readonly dns?: string;
}

/** The shared context of all actions on hosts. */
export interface HostsContext {
  readonly config: HostsConfig;
  readonly network: HostNetwork;
  readonly hostsDir: string;
  readonly kernelDir: string;
  readonly queue: KeyedQueue;
  /** Followers of the audit logs by host, with the ids of requests that the ledger had before they began. */
  readonly auditLogs: Map<string, { readonly follower: AuditFollower; readonly known: ReadonlySet<string> }>;
  /** The folder that hosts see as their kernel's modules; made at the first call. */
  kernelModules(): ReturnType<typeof kernelModulesDir>;
  pathsOf(id: string): HostPaths;
  /** Fails with `CommandFailed` when there is no host of this id. */
  recordOf(id: string): Promise<HostRecord>;
  /** Writes one effect into the ledger. */
  note(effect: HostEffect['effect'], host: HostRecord): Promise<void>;
}

/** Makes the state folder and what the actions share. */
export function createHostsContext(config: HostsConfig): HostsContext {
  // the kernel's list of mounts has real paths
  mkdirSync(config.stateDir, { recursive: true });
  const stateDir = realpathSync(config.stateDir);
  const [hostsDir, kernelDir] = [join(stateDir, 'hosts'), join(stateDir, 'kernel')];
  const pathsOf = (id: string) => hostPaths(hostsDir, id);
  let modules: ReturnType<typeof kernelModulesDir> | undefined;
  return {
    config,
    network: config.network,
    hostsDir,
    kernelDir,
    queue: keyedQueue(),
    auditLogs: new Map(),
    kernelModules: () => (modules ??= kernelModulesDir(kernelDir)),
    pathsOf,
    recordOf: async (id) => {
      const record = await readHostRecord(pathsOf(id).dir);
      if (record !== undefined) return record;
      throw new RolloutError('CommandFailed', `host ${id}: there is no such host`);
    },
    note: async (effect, host) => {
      const time = new Date().toISOString();
      await appendHostEffect(config.ledger, { time, system: 'host', effect, key: host.id, node: host.name });
    },
  };
}
