import { hkdfSync } from 'node:crypto';
import { RolloutError } from '../../model/rollout-error.js';
import { openSshKeyPair, type OpenSshKeyPair } from './openssh-private-key.js';
import { secretFingerprint } from './secret-fingerprint.js';

/** One incarnation of a node, from which its host keys follow. */
export interface HostName {
  readonly cluster: string;
  readonly node: string;
  readonly generation: number;
}

/** The place of the worker secret. It is read each time, so that a later secret counts at once. */
export interface SecretSource {
  /** Path of its file, for people. */
  readonly place: string;
  /** Reads the secret; `undefined` when there is none. Fails with `WorkerSecretMissing` when it cannot tell. */
  read(): string | undefined;
  /** Makes a secret when there is none. Fails with `WorkerSecretMissing` when it cannot. */
  make(): Promise<void>;
}

/** The SSH host keys of all hosts. They follow from the worker's secret, so that nothing else is stored. */
export interface HostIdentity {
  /** Place of the secret, for people. */
  readonly secretPlace: string;
  /**
   * Returns the key that user-data gives to the host. Others in the account can read user-data, so this key is used
   * only once. Fails with `WorkerSecretMissing`.
   */
  firstKey(host: HostName): OpenSshKeyPair;
  /**
   * Returns the key that replaces the first key at first contact; this key travels only over SSH. Fails with
   * `WorkerSecretMissing`.
   */
  secondKey(host: HostName): OpenSshKeyPair;
  /** Returns the fingerprint of the secret; `undefined` when there is none. */
  fingerprint(): string | undefined;
  /**
   * Makes a secret when there is none, and returns its fingerprint. Call it only if no host ever got a key of another
   * secret.
   */
  makeSecret(): Promise<string>;
}

/**
 * Derives host keys by HKDF (RFC 5869, SHA-256) from the worker's secret, with cluster, node and generation as context.
 * Workers with the same secret agree on every key. Another secret makes all existing hosts strangers
 * (`HostKeyChanged`). A text as the source is the secret itself.
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
