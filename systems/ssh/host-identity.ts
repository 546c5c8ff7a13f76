import { hkdfSync } from 'node:crypto';
import { openSshKeyPair, type OpenSshKeyPair } from './openssh-private-key.js';

/** One incarnation of a node: what its host keys are derived from. */
export interface HostName {
  readonly cluster: string;
  readonly node: string;
  readonly generation: number;
}

/** The SSH host keys of all hosts, derived, so that nothing but the worker's secret is stored. */
export interface HostIdentity {
  /** The key that user-data gives to the host. User-data can be read by others in the account, so it is used once. */
  firstKey(host: HostName): OpenSshKeyPair;
  /** The key that replaces it at first contact; it travels over SSH only. */
  secondKey(host: HostName): OpenSshKeyPair;
}

/**
 * Host keys by HKDF (RFC 5869, SHA-256) from the worker's secret, with cluster, node and generation as context. Workers
 * with the same secret agree about every key. Another secret makes all existing hosts strangers (`HostKeyChanged`).
 */
export function createHostIdentity(workerSecret: string): HostIdentity {
  return {
    firstKey: (host) => derivedKey(workerSecret, 'first', host),
    secondKey: (host) => derivedKey(workerSecret, 'second', host),
  };
}

function derivedKey(workerSecret: string, label: 'first' | 'second', host: HostName): OpenSshKeyPair {
  const context = JSON.stringify([label, host.cluster, host.node, host.generation]);
  const seed = Buffer.from(hkdfSync('sha256', workerSecret, 'groundswell.dev host key', context, 32));
  return openSshKeyPair(seed, `${host.cluster}/${host.node}/${host.generation}`);
}
