import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../systems/process.js';
import { cacheFolder, readEnvironment } from '../../installation/environment.js';
import { ensurePythonEnvironment, type PythonEnvironment } from '../../installation/python-environment.js';
import type { Target } from '../../installation/target.js';
import type { EmbeddedServer } from '../../installation/temporal-server/embedded-server.js';
import { cleanEnvironment, isRunning, ownProgram, startBackground, waitForBackground } from '../background.js';
import { claimNetwork } from '../hosts/network/claim-network.js';
import type { HostNetwork } from '../hosts/network/host-network.js';
import { createHosts } from '../hosts/hosts.js';
import { ensureRootfs, type Rootfs } from '../hosts/disk/rootfs.js';
import { hostSystemPackages, installSystemPackages, missingSystemPackages } from '../hosts/machine/system-packages.js';
import { dropGoCache, ensureKubernetesStore, type KubernetesStore } from '../kubernetes/kubernetes-store.js';
import { linkPrograms } from './link-programs.js';
import { readOutsideReady, sockets, type OutsideInput, type OutsideReady } from './outside.js';
import { rehearsalSpec } from './profile.js';
import type { RehearsalFolder } from '../rehearsal-folder.js';
import { startTemporal } from './start-temporal.js';
import { startWorker } from './start-worker.js';

export interface BringUpInput {
  readonly folder: RehearsalFolder;
  /** The spec that is rehearsed, as it would go to AWS. */
  readonly spec: { readonly text: string; readonly folder: string };
  readonly onLine: (line: string) => void;
}

export interface BroughtUp {
  readonly target: Target;
  /** The changes of the rehearsal in the spec; empty when it was up already. */
  readonly specChanges: readonly string[];
}

/**
 * Brings a rehearsal on real hosts up: programs, Temporal server, outside, worker. What runs already stays, what died is
 * started again. When the outside itself died, its hosts are meaningless: they are removed and it starts from nothing.
 */
export async function bringUp({ folder, spec, onLine }: BringUpInput): Promise<BroughtUp> {
  await mkdir(folder.dir, { recursive: true });
  const programs = await gatherPrograms(folder, onLine);
  const network = await claimNetwork({ clonePath: folder.root, claimFile: folder.networkClaim });
  if (!(await isRunning(folder, 'outside'))) await forgetOldWorld(folder, network);
  const server = await startTemporal(folder, onLine);
  const outside = await startOutside(folder, { programs, network, onLine });
  await startBackground(folder, 'bridge', bridgeCommand(folder, { network, server, outside }));
  const { target, specChanges } = await writeTarget(folder, { spec, programs, network, server, outside });
  await startWorker(folder, target, onLine);
  return { target, specChanges };
}

interface Programs {
  readonly python: PythonEnvironment;
  readonly rootfs: Rootfs;
  readonly store: KubernetesStore;
}

/** Everything that has to be fetched or built, side by side where one does not need the other. */
async function gatherPrograms(folder: RehearsalFolder, onLine: (line: string) => void): Promise<Programs> {
  const cacheDir = cacheFolder(readEnvironment());
  await installSystemPackages(await missingSystemPackages(hostSystemPackages));
  const requirements = join(folder.root, 'requirements.txt');
  const [python, rootfs] = await Promise.all([
    ensurePythonEnvironment({ stateDir: folder.state, requirements, onProgress: onLine }),
    ensureRootfs({ cacheDir, onProgress: onLine }),
  ]);
  onLine(`rootfs: ${rootfs.dir}`);
  const store = await ensureKubernetesStore({ cacheDir, onProgress: onLine });
  await dropGoCache(cacheDir);
  await linkPrograms(folder, { kubectl: store.kubectl });
  return { python, rootfs, store };
}

async function forgetOldWorld(folder: RehearsalFolder, network: HostNetwork): Promise<void> {
  await createHosts({ stateDir: folder.dir, rootfs: { dir: '/' }, network, ledger: folder.ledger }).takeDown();
  await rm(folder.outside, { force: true });
  await writeFile(folder.ledger, '');
}

interface OutsideParts {
  readonly programs: Programs;
  readonly network: HostNetwork;
  readonly onLine: (line: string) => void;
}

async function startOutside(folder: RehearsalFolder, parts: OutsideParts): Promise<OutsideReady> {
  const input: OutsideInput = {
    dir: folder.dir,
    rootfsDir: parts.programs.rootfs.dir,
    storeDir: parts.programs.store.dir,
    networkIndex: Number(parts.network.prefix.split('.')[2]),
    ledger: folder.ledger,
    motoServer: parts.programs.python.bin('moto_server'),
    readyFile: folder.outside,
  };
  const [file = '', ...args] = ownProgram(folder, 'rehearsal/bring-up/outside.ts', ['--run', JSON.stringify(input)]);
  const { started } = await startBackground(folder, 'outside', { file, args, env: cleanEnvironment(folder) });
  const ready = await waitForBackground(folder, 'outside', () => readOutsideReady(folder.outside));
  parts.onLine(
    `outside: ${started ? 'started' : 'runs'}: EC2 API at ${ready.ec2Endpoint}, packages and images at ${ready.packageServer}`,
  );
  return ready;
}

function bridgeCommand(
  folder: RehearsalFolder,
  { network, server, outside }: { network: HostNetwork; server: EmbeddedServer; outside: OutsideReady },
) {
  const pairs = [`${portOf(server.address)}=${sockets.temporal}`, `${outside.ec2Port}=${sockets.ec2}`];
  return {
    file: 'nsenter',
    args: [
      `--net=/run/netns/${network.workerNamespace}`,
      '--',
      ...ownProgram(folder, 'rehearsal/bring-up/loopback-bridge.ts', pairs),
    ],
    env: cleanEnvironment(folder),
  };
}

interface TargetParts {
  readonly spec: BringUpInput['spec'];
  readonly programs: Programs;
  readonly network: HostNetwork;
  readonly server: EmbeddedServer;
  readonly outside: OutsideReady;
}

async function writeTarget(folder: RehearsalFolder, parts: TargetParts): Promise<BroughtUp> {
  await makeSshKey(folder.sshKey);
  const { text, changes } = rehearsalSpec({
    text: parts.spec.text,
    folder: parts.spec.folder,
    network: parts.network,
    sshKey: folder.sshKey,
    packageServer: parts.outside.packageServer,
  });
  const isNew = (await readFile(folder.spec, 'utf8').catch(() => '')) !== text;
  await writeFile(folder.spec, text);
  const target: Target = {
    kind: 'rehearsal',
    temporal: { address: parts.server.address, namespace: 'default', uiUrl: parts.server.uiUrl },
    spec: folder.spec,
    artifacts: folder.artifacts,
    workerSecretFile: folder.workerSecret,
    // the emulator takes any credentials; these are nobody's
    ec2: { endpoint: parts.outside.ec2Endpoint, accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' },
    ansiblePlaybook: parts.programs.python.bin('ansible-playbook'),
    workerCommand: [
      'nsenter',
      `--net=/run/netns/${parts.network.workerNamespace}`,
      '--',
      'env',
      '-i',
      ...Object.entries(cleanEnvironment(folder)).map(([name, value]) => `${name}=${value}`),
      ...ownProgram(folder, 'rehearsal/worker.ts'),
    ],
  };
  await writeFile(folder.target, `${JSON.stringify(target, undefined, 2)}\n`);
  return { target, specChanges: isNew ? changes : [] };
}

async function makeSshKey(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists)
    await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'groundswell rehearsal', '-f', path]);
}

function portOf(address: string): number {
  return Number(address.split(':').at(-1));
}
