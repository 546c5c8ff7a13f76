import { randomBytes } from 'node:crypto';
import { createHostIdentity } from '../../systems/ssh/host-identity.js';
import type { Canary } from './find-canaries.js';

/** The nodes that are rolled out. */
export const nodes = ['k8s-master', 'k8s-api-auth', 'k8s-redis'];

/** Secrets that are the same in every roll-out here; join tokens come with each. */
export function plantedSecrets(sshKey: string) {
  const secret = (bytes: number): string => randomBytes(bytes).toString('base64');
  return {
    workerSecret: randomBytes(32).toString('hex'),
    sshKey,
    awsSecretKey: secret(30),
    /** As kubeadm prints one that nobody named. */
    initToken: `${randomBytes(3).toString('hex')}.${randomBytes(8).toString('hex')}`,
    /** The private half of an admin kubeconfig. */
    clientKey: secret(120),
    /** Values of a Secret in the manifests of a unit. */
    unitPassword: secret(21),
    unitCertificate: secret(600),
  };
}
export type Planted = ReturnType<typeof plantedSecrets>;

/** All that is looked for: what was planted, the keys of hosts that follow from it, and the join tokens that were minted. */
export function canariesOf(planted: Planted, tokens: readonly string[]): readonly Canary[] {
  const identity = createHostIdentity(planted.workerSecret);
  const hostKeys = nodes.flatMap((node) => {
    const host = { cluster: 'three', node, generation: 1 };
    return [
      { name: `first host key of ${node}`, value: identity.firstKey(host).privateKey },
      { name: `second host key of ${node}`, value: identity.secondKey(host).privateKey },
    ];
  });
  const named = Object.entries(planted).map(([name, value]) => ({ name, value }));
  return [...named, ...hostKeys, ...tokens.map((value) => ({ name: 'join token', value }))];
}
