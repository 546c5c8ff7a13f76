import { createPrivateKey, createPublicKey } from 'node:crypto';

/** An Ed25519 key pair in the text forms of OpenSSH. */
export interface OpenSshKeyPair {
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string;
  /** The text of a private key file, unencrypted. */
  readonly privateKey: string;
}

/** RFC 8410: the fixed head of a PKCS #8 Ed25519 private key; the 32 bytes of the seed follow it. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');
const keyType = 'ssh-ed25519';

/**
 * Builds the OpenSSH key pair of an Ed25519 seed (32 bytes). The same seed and comment give the same text: the check
 * number comes from the public key, where `ssh-keygen` takes a random one. Format: PROTOCOL.key of OpenSSH.
 */
export function openSshKeyPair(seed: Buffer, comment: string): OpenSshKeyPair {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' });
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const blob = Buffer.concat([field(keyType), field(raw)]);
  const check = raw.subarray(0, 4);
  const secretPart = Buffer.concat([check, check, blob, field(Buffer.concat([seed, raw])), field(comment)]);
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    number32(1),
    field(blob),
    field(padded(secretPart)),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    publicKey: `${keyType} ${blob.toString('base64')}`,
    privateKey: ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n'),
  };
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number32(bytes.length), bytes]);
}

/** Pads bytes to a multiple of 8 with 1, 2, 3, … */
function padded(bytes: Buffer): Buffer {
  const missing = (8 - (bytes.length % 8)) % 8;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}
