import { hkdfSync } from 'node:crypto';
import { RolloutError } from '../../model/rollout-error.js';
import { openSshKeyPair, type OpenSshKeyPair } from './openssh-private-key.js';
import { secretFingerprint } from './secret-fingerprint.js';

/** One incarnation of a node: what its host keys are derived from. */
export interface HostName {
  readonly cluster: string;
  readonly node: string;
  readonly generation: number;
}

/** Where the worker secret is. It is read each time, so that one that is brought later counts at once. */
export interface SecretSource {
  /** For people: the path of its file. */
  readonly place: string;
  /** `undefined` where there is none. Fails with `WorkerSecretMissing` when that cannot be told. */
  read(): string | undefined;
  /** Makes one where there is none. Fails with `WorkerSecretMissing` when it cannot. */
  make(): Promise<void>;
}

/** The SSH host keys of all hosts, derived, so that nothing but the worker's secret is stored. */
export interface HostIdentity {
  /** Where the secret is, for people. */
  readonly secretPlace: string;
  /** The key that user-data gives to the host. User-data can be read by others in the account, so it is used once. Fails with `WorkerSecretMissing`. */
  firstKey(host: HostName): OpenSshKeyPair;
  /** The key that replaces it at first contact; it travels over SSH only. Fails with `WorkerSecretMissing`. */
  secondKey(host: HostName): OpenSshKeyPair;
  /** What the secret is known again by; `undefined` where there is none. */
  fingerprint(): string | undefined;
  /** Makes a secret where there is none, and returns its fingerprint. Only for who knows that no host was ever given a key of another one. */
  makeSecret(): Promise<string>;
}

/**
 * Host keys by HKDF (RFC 5869, SHA-256) from the worker's secret, with cluster, node and generation as context. Workers
 * with the same secret agree about every key. Another secret makes all existing hosts strangers (`HostKeyChanged`).
 * A text is the secret itself.
 */
export function createHostIdentity(source: SecretSource | string): HostIdentity {
  const secret = typeof source === 'string' ? known(source) : source;
  const needed = (): string => {
    const text = secret.read();
    if (text !== undefined) return text;
    throw new RolloutError('WorkerSecretMissing', `worker secret: expected one in ${secret.place}, found none`);
  };
  return {
    secretPlace: secret.place,
    firstKey: (host) => derivedKey(needed(), 'first', host),
    secondKey: (host) => derivedKey(needed(), 'second', host),
    fingerprint() {
      const text = secret.read();
      return text === undefined ? undefined : secretFingerprint(text);
    },
    async makeSecret() {
      await secret.make();
      return secretFingerprint(needed());
    },
  };
}

function known(text: string): SecretSource {
  return { place: 'memory', read: () => text, make: () => Promise.resolve() };
}

function derivedKey(workerSecret: string, label: 'first' | 'second', host: HostName): OpenSshKeyPair {
  const context = JSON.stringify([label, host.cluster, host.node, host.generation]);
  const seed = Buffer.from(hkdfSync('sha256', workerSecret, 'groundswell.dev host key', context, 32));
  return openSshKeyPair(seed, `${host.cluster}/${host.node}/${host.generation}`);
}
