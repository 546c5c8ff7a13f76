import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Canary } from './find-canaries.js';
import { watch } from './watch.js';

/** Reads a file of a host as root: its name, then its path. */
export type ReadHostFile = (node: string, path: string) => Promise<string>;

const pauseMs = 100;

/**
 * Looks on the disks of a rehearsal's hosts for the configuration of each join while it is there: it holds the token,
 * which is good until the join is done.
 */
export function watchJoinTokens(hostsFolder: string): { readonly stop: () => Promise<readonly Canary[]> } {
  const tokens = new Set<string>();
  const watching = watch(pauseMs, async () => {
    for (const host of await readdir(hostsFolder).catch(() => [])) {
      const path = join(hostsFolder, host, 'disk/upper/etc/groundswell/kubeadm-join.yaml');
      const text = await readFile(path, 'utf8').catch(() => '');
      for (const [token] of text.matchAll(/[a-z0-9]{6}\.[a-z0-9]{16}/g)) tokens.add(token);
    }
  });
  return {
    async stop() {
      await watching.stop();
      return [...tokens].map((value) => ({ name: 'join token', value }));
    },
  };
}

/** The secrets that `kubeadm init` made: the keys of the cluster's authorities, and the private half of the admin's certificate. */
export async function secretsOfControlPlane(node: string, read: ReadHostFile): Promise<readonly Canary[]> {
  const keys = ['ca.key', 'sa.key', 'etcd/ca.key', 'front-proxy-ca.key'];
  const admin = await read(node, '/etc/kubernetes/admin.conf');
  const clientKey = /client-key-data: (\S+)/.exec(admin)?.[1] ?? '';
  return [
    ...(await Promise.all(
      keys.map(async (key) => ({ name: key, value: await read(node, `/etc/kubernetes/pki/${key}`) })),
    )),
    { name: "the admin's key", value: Buffer.from(clientKey, 'base64').toString('utf8') },
  ];
}
