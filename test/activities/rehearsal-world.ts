import { createSshKubernetesAccess } from '../../systems/kubernetes/ssh-kubernetes-access.js';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createCertificateActivities, type CertificateActivities } from '../../activities/hosts/certificates.js';
import { hostTarget } from '../../activities/hosts/host-target.js';
import { createHostActivities, type HostActivities } from '../../activities/hosts/hosts.js';
import type { ObserveDependencies } from '../../activities/planning/observe-cluster.js';
import type { InstanceFact } from '../../model/facts/facts.js';
import { parseSpec } from '../../model/spec/parse-spec.js';
import type { ClusterSpec, NodeSpec } from '../../model/spec/spec.js';
import { claimNetwork } from '../../rehearsal/hosts/network/claim-network.js';
import { createHosts, type Hosts } from '../../rehearsal/hosts/hosts.js';
import { ensureRootfs } from '../../rehearsal/hosts/disk/rootfs.js';
import { ensureKubernetesStore } from '../../rehearsal/kubernetes/kubernetes-store.js';
import { startPackageServer } from '../../rehearsal/kubernetes/package-server.js';
import { rehearsalSpec } from '../../rehearsal/bring-up/profile.js';
import { createAnsiblePlaybook } from '../../systems/ansible/ansible-playbook.js';
import type { Ansible } from '../../systems/ansible/ansible.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import { createFolderArtifacts, sha256 } from '../../systems/artifacts/folder-artifacts.js';
import { readSecret } from '../../systems/read-secret.js';
import { connectionPace, type ConnectionPace } from '../../systems/ssh/connection-pace.js';
import { createHostIdentity, type HostIdentity } from '../../systems/ssh/host-identity.js';
import { createNodeSsh } from '../../systems/ssh/node-ssh.js';
import type { Ssh, SshTarget } from '../../systems/ssh/ssh.js';
import { ansiblePlaybook } from '../systems/ansible/ansible-content.js';

/** Booted hosts, what they install from, and the activities that work on them. */
export interface RehearsalWorld {
  /** Everything of this world is in it; the hosts' folders are in `hosts/`. */
  readonly dir: string;
  readonly artifacts: Artifacts;
  readonly spec: ClusterSpec;
  readonly instances: readonly InstanceFact[];
  readonly hosts: Hosts;
  readonly identity: HostIdentity;
  readonly ssh: Ssh;
  readonly ansible: Ansible;
  readonly activities: HostActivities;
  readonly certificates: CertificateActivities;
  /** The cluster's network and instances as EC2 would tell them. */
  readonly ec2: Pick<ObserveDependencies, 'ec2Network' | 'ec2Compute'>;
  targetOf(node: NodeSpec): SshTarget;
  /** The same activities with other patience for hosts that do not answer. */
  activitiesAt(pace: ConnectionPace): HostActivities;
  readonly plan: { readonly cluster: string; readonly digest: string; readonly artifact: string };
  close(): Promise<void>;
}

const root = resolve(import.meta.dirname, '../..');
const cacheDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'groundswell');
const onProgress = (): void => undefined;

/** Boots a control plane and one worker of the three-node example on real hosts, or only so many `hosts`. Needs root. */
export async function bootRehearsalWorld({ hosts: count = 2 } = {}): Promise<RehearsalWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'groundswell-hosts-'));
  const rootfs = await ensureRootfs({ cacheDir, onProgress });
  const store = await ensureKubernetesStore({ cacheDir, onProgress });
  const network = await claimNetwork({ clonePath: dir, claimFile: join(dir, 'network.json') });
  const hosts = createHosts({
    ...{ stateDir: dir, rootfs, network, ledger: join(dir, 'ledger.ndjson') },
    ...{ storeDir: store.dir, imageStore: store.imageStore },
  });
  await hosts.bringNetworkUp();
  const server = await startPackageServer({ address: network.uplinkAddress, port: 0, store });
  const packageServer = `http://${network.uplinkAddress}:${server.port}`;
  const identity = createHostIdentity(dir);
  const access = identity.firstKey({ cluster: 'access', node: 'worker', generation: 1 });
  const sshKey = join(dir, 'key');
  await writeFile(sshKey, access.privateKey, { mode: 0o600 });
  const text = await readFile(join(root, 'examples/three-nodes.yaml'), 'utf8');
  const { spec } = specOf(rehearsalSpec({ text, network, sshKey, packageServer, folder: join(root, 'examples') }).text);
  const instances = spec.nodes
    .slice(0, count)
    .map((node, index) => instanceOn(node.name, `${network.prefix}.${index + 70}`, index));
  for (const { id, node: name, privateAddress: address = '' } of instances) {
    const key = identity.firstKey({ cluster: spec.cluster, node: name, generation: 1 });
    const config = {
      hostname: name,
      ssh_keys: { ed25519_private: key.privateKey, ed25519_public: key.publicKey },
      users: [{ name: spec.access.user, sudo: 'ALL=(ALL) NOPASSWD:ALL', ssh_authorized_keys: [access.publicKey] }],
    };
    const memoryMiB = spec.nodes.some((node) => node.name === name && node.role === 'control-plane') ? 4_096 : 1_024;
    await hosts.boot({ id, name, address, memoryMiB, userData: `#cloud-config\n${JSON.stringify(config)}\n` });
  }
  const artifacts = createFolderArtifacts(join(dir, 'artifacts'));
  const artifact = await artifacts.put(JSON.stringify({ spec, plan: {}, units: [] }));
  const sshAt = (pace: ConnectionPace): Ssh => createNodeSsh({ readSecret, pace });
  const ansibleAt = (pace: ConnectionPace): Ansible =>
    createAnsiblePlaybook({
      ...{ program: ansiblePlaybook ?? '', contentFolder: join(root, 'ansible'), runsFolder: join(dir, 'runs') },
      ...{ artifacts, readSecret, path: process.env['PATH'] ?? '', pace },
    });
  const [ssh, ansible] = [sshAt(connectionPace), ansibleAt(connectionPace)];
  const notHere = (): Promise<never> => Promise.reject(new Error('not part of this test'));
  const ec2Compute = {
    ...{
      account: notHere,
      resolveImage: notHere,
      runInstance: notHere,
      describeKeyPair: notHere,
      importKeyPair: notHere,
      terminateInstance: notHere,
    },
    describeInstances: () => Promise.resolve(instances),
  };
  const ec2Network = {
    createPart: notHere,
    describeNetwork: () => Promise.resolve({ vpcId: 'vpc-1', subnets: [] }),
    recordInitialised: () => Promise.resolve(),
    recordWorkerSecret: notHere,
    deletePart: notHere,
    describeResidue: notHere,
  };
  const world = { artifacts, ec2Network, ec2Compute, identity, digest: sha256 };
  return {
    ...{ spec, instances, hosts, identity, ssh, ansible, plan: { cluster: spec.cluster, digest: 'd', artifact } },
    ...{ dir, artifacts, ec2: { ec2Network, ec2Compute } },
    targetOf: (node) => {
      const instance = instances.find((entry) => entry.node === node.name);
      if (instance === undefined) throw new Error(`no instance of ${node.name}`);
      return hostTarget({ spec, instance, identity });
    },
    activities: createHostActivities({ ...world, ssh, kubernetesAccess: createSshKubernetesAccess(ssh), ansible }),
    certificates: createCertificateActivities({ ...world, ssh }),
    activitiesAt: (pace) => {
      const paced = sshAt(pace);
      const kubernetesAccess = createSshKubernetesAccess(paced);
      return createHostActivities({ ...world, ssh: paced, kubernetesAccess, ansible: ansibleAt(pace) });
    },
    async close() {
      await hosts.takeDown();
      await server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function instanceOn(node: string, privateAddress: string, index: number): InstanceFact {
  return {
    ...{ node, generation: 1, id: `i-0000000000000007${index}`, state: 'running', zone: 'ap-northeast-2a' },
    ...{ type: 't3.small', imageId: 'ami-1', privateAddress },
  };
}

function specOf(text: string): { readonly spec: ClusterSpec } {
  const parsed = parseSpec(text, 'rehearsal');
  if (parsed.ok) return parsed;
  throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
}
