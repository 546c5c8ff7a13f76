import ssh2 from 'ssh2';
import { RolloutError } from '../../model/rollout-error.js';

/**
 * The public half (`ssh-ed25519 AAAA…`, without a comment) of a private key in OpenSSH or PEM format.
 * Fails with `HostLoginRefused` when the text is no private key, or an encrypted one.
 */
export function publicKeyOf(privateKey: string): string {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error || !parsed.isPrivateKey()) {
    const found = parsed instanceof Error ? parsed.message : 'a public key';
    throw new RolloutError('HostLoginRefused', `access key: expected an unencrypted private key, found: ${found}`);
  }
  return `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`;
}

/** Converts a host key in wire format to the form of a known_hosts line: `ssh-ed25519 AAAA…`. */
export function hostKeyText(wire: Buffer): string {
  const typeLength = wire.readUInt32BE(0);
  return `${wire.subarray(4, 4 + typeLength).toString('ascii')} ${wire.toString('base64')}`;
}

/** The lines of a known_hosts file that accepts only these keys for one address. */
export function knownHosts(host: {
  readonly address: string;
  readonly port?: number;
  readonly hostKeys: readonly string[];
}): string {
  const port = host.port ?? 22;
  const name = port === 22 ? host.address : `[${host.address}]:${port}`;
  return host.hostKeys.map((key) => `${name} ${key}\n`).join('');
}
