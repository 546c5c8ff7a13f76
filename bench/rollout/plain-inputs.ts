import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { initDocuments, joinDocument } from '../../model/host/kubeadm-config.js';
import type { ClusterSpec, NodeSpec } from '../../model/spec/spec.js';
import { hostUserData } from '../../model/host/user-data.js';
import type { BootRequest } from '../../rehearsal/hosts/boot-host.js';
import type { HostNetwork } from '../../rehearsal/hosts/network/host-network.js';
import { createHostIdentity } from '../../systems/ssh/host-identity.js';
import { root } from '../../installation/config.js';

interface PlainInputs {
  readonly spec: ClusterSpec;
  /** Where they are written. */
  readonly dir: string;
  readonly network: Pick<HostNetwork, 'prefix'>;
  /** The private key; its public half is beside it. */
  readonly sshKey: string;
}

interface PlainHost {
  readonly node: NodeSpec;
  readonly address: string;
  readonly hostKey: { readonly publicKey: string; readonly privateKey: string };
}

/** Where kubeadm's files say that the audit policy is. */
const auditPolicy = 'ansible/roles/control_plane_init/files/audit-policy.yaml';

/**
 * Writes the input of the shell, as lists that a shell can read, and returns the hosts to boot. The files of kubeadm
 * come from the function that our roll-out uses, so that both clusters have equal settings. The shell replaces
 * `@TOKEN@` and `@CA_CERT_HASH@` with the values from kubeadm.
 */
export async function writePlainInputs(inputs: PlainInputs): Promise<readonly BootRequest[]> {
  const { spec, dir, sshKey } = inputs;
  const hosts = plainHosts(inputs);
  await mkdir(dir, { recursive: true });
  const write = (name: string, lines: readonly string[]): Promise<void> =>
    writeFile(join(dir, name), lines.map((line) => `${line}\n`).join(''));
  await write(
    'hosts',
    hosts.map(({ node, address }) => `${node.name} ${address} ${node.role}`),
  );
  await write(
    'known_hosts',
    hosts.map(({ address, hostKey }) => `${address} ${hostKey.publicKey}`),
  );
  await write(
    'labels',
    hosts.map(({ node }) => [node.name, ...labelWords(node)].join(' ')),
  );
  await write(
    'taints',
    hosts.filter(({ node }) => node.taints.length > 0).map(({ node }) => [node.name, ...taintWords(node)].join(' ')),
  );
  const units = spec.units.toSorted((a, b) => a.wave - b.wave);
  await write(
    'units',
    units.map(({ wave, name, namespace, manifests }) => `${wave} ${name} ${namespace} ${manifests}`),
  );
  await write(
    'settings',
    Object.entries(settings(inputs)).map(([name, value]) => `${name}='${value}'`),
  );
  await copyFile(join(root, auditPolicy), join(dir, 'audit-policy.yaml'));
  await writeKubeadmFiles(inputs, hosts);
  const authorizedKey = (await readFile(`${sshKey}.pub`, 'utf8')).trim();
  return hosts.map(({ node, address, hostKey }, index) => {
    const userData = hostUserData({ hostname: node.name, hostKey, user: spec.access.user, authorizedKey });
    return { id: `i-plain${index}`, name: node.name, address, userData };
  });
}

function plainHosts({ spec, network }: PlainInputs): readonly PlainHost[] {
  const identity = createHostIdentity(`${spec.cluster} of the plain bring-up`);
  const controlPlaneFirst = spec.nodes.toSorted((a, b) => a.role.localeCompare(b.role));
  return controlPlaneFirst.map((node, index) => ({
    node,
    address: `${network.prefix}.${10 + index}`,
    hostKey: identity.firstKey({ cluster: spec.cluster, node: node.name, generation: 1 }),
  }));
}

function settings({ spec, sshKey }: PlainInputs): Readonly<Record<string, string>> {
  const { kubernetes, containerd } = spec;
  return {
    ssh_user: spec.access.user,
    ssh_key: sshKey,
    kubernetes_version: kubernetes.version,
    packages: kubernetes.packages.repository,
    cni_manifest: kubernetes.cniManifest,
    pod_cidr: spec.network.podCidr,
    endpoint: spec.controlPlaneEndpoint,
    restrict_oom_score_adj: String(containerd.restrictOomScoreAdj),
  };
}

async function writeKubeadmFiles({ spec, dir }: PlainInputs, hosts: readonly PlainHost[]): Promise<void> {
  for (const { node, address } of hosts) {
    const host = { address, otherAddresses: [], providerId: `aws:///${node.zones[0] ?? ''}/${node.name}` };
    // the shell sets the taints itself
    const untainted = { ...node, taints: [] };
    if (node.role === 'control-plane') {
      const documents = initDocuments(spec, untainted, host).map((document) => stringify(document));
      await writeFile(join(dir, 'kubeadm-init.yaml'), documents.join('---\n'));
      continue;
    }
    const document = joinDocument({ spec, node: untainted, host, caCertHash: '@CA_CERT_HASH@' });
    const bootstrapToken = { apiServerEndpoint: `${spec.controlPlaneEndpoint}:6443`, caCertHashes: ['@CA_CERT_HASH@'] };
    const discovery = { bootstrapToken: { ...bootstrapToken, token: '@TOKEN@' } };
    await writeFile(join(dir, `kubeadm-join-${node.name}.yaml`), stringify({ ...document, discovery }));
  }
}

function labelWords({ labels }: NodeSpec): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

function taintWords({ taints }: NodeSpec): readonly string[] {
  return taints.map(({ key, value, effect }) => `${key}${value === undefined ? '' : `=${value}`}:${effect}`);
}
