import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { RolloutError } from '../../../model/rollout-error.js';
import { mustRun } from '../../../systems/process.js';
import { hostNetworkAt, hostNetworksFor, networkCount } from './host-network.js';
import type { HostNetwork } from './host-network.js';

const Route = z.object({ dst: z.string(), dev: z.string().optional() });
const Routes = z.array(Route);
const Claim = z.object({ index: z.int().min(1).max(networkCount) });

export interface ClaimNetworkOptions {
  readonly clonePath: string;
  /** File with the choice, so that the same clone gets the same network until another clone takes it. */
  readonly claimFile: string;
}

/**
 * The network of this clone: the recorded one, else the first free one from a hash of the clone's path. Free means that this
 * machine has no route into it, other than through the uplink of that very network when it is ours by record.
 * Fails with `CommandFailed` when all 254 are taken.
 */
export async function claimNetwork(options: ClaimNetworkOptions): Promise<HostNetwork> {
  const routes = Routes.parse(JSON.parse(await mustRun('ip', ['-json', 'route', 'show', 'table', 'all'])));
  const recorded = await readClaim(options.claimFile);
  for (const network of [...(recorded === undefined ? [] : [recorded]), ...hostNetworksFor(options.clonePath)]) {
    const ownLink = network.id === recorded?.id ? network.uplinkName : undefined;
    if (!isNetworkFree(network, routes, ownLink)) continue;
    await mkdir(dirname(options.claimFile), { recursive: true });
    await writeFile(options.claimFile, `${JSON.stringify({ index: Number(network.prefix.split('.')[2]) })}\n`);
    return network;
  }
  throw new RolloutError(
    'CommandFailed',
    'hosts: all networks 198.18.1.0/24 to 198.18.254.0/24 are taken; end a rehearsal',
  );
}

async function readClaim(file: string): Promise<HostNetwork | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text === '') return undefined;
  const claim = Claim.safeParse(JSON.parse(text));
  return claim.success ? hostNetworkAt(claim.data.index) : undefined;
}

/** Whether no route leads into the network, other than those over `ownLink`. */
export function isNetworkFree(
  network: HostNetwork,
  routes: readonly z.infer<typeof Route>[],
  ownLink: string | undefined,
): boolean {
  return !routes.some((route) => overlaps(route.dst, network) && (ownLink === undefined || route.dev !== ownLink));
}

function overlaps(destination: string, network: HostNetwork): boolean {
  const [address = '', bits = '32'] = destination.split('/');
  if (destination === 'default' || !/^[\d.]+$/.test(address)) return false;
  return [network.bridgeAddress, network.uplinkAddress].some((own) => inNetwork(own, address, Number(bits)));
}

function inNetwork(address: string, network: string, bits: number): boolean {
  const size = 2 ** (32 - bits);
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(network) / size);
}

function toNumber(address: string): number {
  let number = 0;
  for (const part of address.split('.')) number = number * 256 + Number(part);
  return number;
}
