import { createHash } from 'node:crypto';

/** Names and addresses of one rehearsal. Everything it makes in the kernel carries `id` in its name. */
export interface HostNetwork {
  /** Prefix of every network namespace, link, cgroup and machine name: `gs` and the index in hexadecimal. */
  readonly id: string;
  /** The first three numbers of the hosts' addresses, for example `198.18.31`. */
  readonly prefix: string;
  /** The hosts' network, a /24. */
  readonly cidr: string;
  /** The hosts' gateway, in the switch namespace. */
  readonly bridgeAddress: string;
  /** The worker's address in `workerNamespace`. */
  readonly workerAddress: string;
  /** Of the root namespace, as the hosts see it: mirror and registry listen here. */
  readonly uplinkAddress: string;
  /** The other end of the uplink, in the switch namespace. */
  readonly uplinkSwitchAddress: string;
  /** The network namespace with the bridge. */
  readonly switchNamespace: string;
  /** The network namespace of worker and children: only loopback and the hosts can be reached from it. */
  readonly workerNamespace: string;
  /** Name of the uplink's link in the root namespace. */
  readonly uplinkName: string;
}

/** Number of rehearsals that fit on one machine. */
export const networkCount = 254;

/**
 * The network with this index, 1 to 254: hosts in 198.18.index.0/24, the uplink in a /30 of 198.19.192.0/22.
 * Both are in the range that RFC 2544 keeps for tests, so nothing real can be reached by mistake.
 */
export function hostNetworkAt(index: number): HostNetwork {
  const prefix = `198.18.${String(index)}`;
  const id = `gs${index.toString(16).padStart(2, '0')}`;
  const uplink = (host: number) => `198.19.${String(192 + Math.floor(index / 64))}.${String((index % 64) * 4 + host)}`;
  return {
    id,
    prefix,
    cidr: `${prefix}.0/24`,
    bridgeAddress: `${prefix}.1`,
    workerAddress: `${prefix}.2`,
    uplinkAddress: uplink(1),
    uplinkSwitchAddress: uplink(2),
    switchNamespace: `${id}-switch`,
    workerNamespace: `${id}-worker`,
    uplinkName: `${id}-up`,
  };
}

/** The networks that a clone may use, its own first (from a hash of its path), then the next ones in a circle. */
export function* hostNetworksFor(clonePath: string): Generator<HostNetwork> {
  const first = createHash('sha256').update(clonePath).digest().readUInt32BE(0) % networkCount;
  for (let offset = 0; offset < networkCount; offset++) yield hostNetworkAt(((first + offset) % networkCount) + 1);
}
