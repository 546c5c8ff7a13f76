import { RolloutError } from '../../model/rollout-error.js';
import { parseCloudConfig } from './cloud-config.js';
import { mountRoot, prepareDisk } from './disk/host-disk.js';
import { writeMemoryFile } from './machine/memory-file.js';
import type { HostNetwork } from './network/host-network.js';
import { readHostRecord, writeHostRecord } from './host-record.js';
import type { HostRecord } from './host-record.js';
import type { HostsContext } from './hosts-context.js';
import { isOff, isSupervised, startSupervisor, wasStarted } from './supervisor.js';

export interface BootRequest {
  /** The EC2 instance id. */
  readonly id: string;
  /** The node's name, for the ledger only. */
  readonly name: string;
  readonly address: string;
  /** Memory of its instance type. Default: that of the machine. */
  readonly memoryMiB?: number;
  /** Decoded; see `parseCloudConfig`. */
  readonly userData: string;
}

/** Boots a fresh host; one that is there stays as it is, but is started again when a crash of everything ended it. */
export async function bootHost(context: HostsContext, request: BootRequest): Promise<void> {
  checkRequest(request, context.network);
  const paths = context.pathsOf(request.id);
  const known = await readHostRecord(paths.dir);
  if (known !== undefined && (isOff(paths) || (await isSupervised(paths)))) return;
  const host = known ?? (await prepareHost(context, request));
  const effect = wasStarted(paths) ? 'power-on' : 'boot';
  await start(context, host);
  await context.note(effect, host);
}

/** Boots a host that is off from its disk; does nothing when it runs. */
export async function powerOnHost(context: HostsContext, id: string): Promise<void> {
  const host = await context.recordOf(id);
  if (await isSupervised(context.pathsOf(id))) return;
  await start(context, host);
  await context.note('power-on', host);
}

async function prepareHost(context: HostsContext, request: BootRequest): Promise<HostRecord> {
  const { id, name, address, memoryMiB } = request;
  const { rootfs, imageStore, dns } = context.config;
  const paths = context.pathsOf(id);
  const config = parseCloudConfig(request.userData);
  // EC2's own name for an instance, unless the user-data has one
  const hostname = config.hostname ?? `ip-${address.replaceAll('.', '-')}`;
  const host = { id, name, address, hostname, ...(memoryMiB === undefined ? {} : { memoryMiB }) };
  const nameserver = dns ?? context.network.bridgeAddress;
  // where nobody answers, nobody should wait 10 s for it
  const resolverOptions = dns === undefined ? 'timeout:1 attempts:1' : 'timeout:5 attempts:2';
  await prepareDisk({ paths, host, config, rootfsDir: rootfs.dir, imageStore, nameserver, resolverOptions });
  await writeHostRecord(paths.dir, host);
  return host;
}

async function start(context: HostsContext, host: HostRecord): Promise<void> {
  const { rootfs, storeDir } = context.config;
  const paths = context.pathsOf(host.id);
  await mountRoot(paths, rootfs.dir);
  if (host.memoryMiB !== undefined) await writeMemoryFile(paths.root, host.memoryMiB);
  const store = storeDir === undefined ? [] : [{ from: storeDir, to: storeDir }];
  const kernel = await context.kernelModules();
  const readOnlyBinds = [...store, ...(kernel === undefined ? [] : [kernel])];
  await startSupervisor({ network: context.network, host, paths, readOnlyBinds });
}

function checkRequest({ id, address }: BootRequest, network: HostNetwork): void {
  const last = Number(address.slice(network.prefix.length + 1));
  if (/^i-[0-9a-z]+$/.test(id) && address.startsWith(`${network.prefix}.`) && last > 3 && last < 255) return;
  throw new RolloutError(
    'CommandFailed',
    `host ${id} at ${address}: expected an instance id (i-…) and an address from ${network.prefix}.4 to .254`,
  );
}
