import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLedger } from '../../observer/ledger.js';
import { claimNetwork } from '../../rehearsal/hosts/network/claim-network.js';
import type { BootRequest } from '../../rehearsal/hosts/boot-host.js';
import type { HostNetwork } from '../../rehearsal/hosts/network/host-network.js';
import { createHosts, type Hosts } from '../../rehearsal/hosts/hosts.js';
import { ensureRootfs } from '../../rehearsal/hosts/disk/rootfs.js';
import { ensureKubernetesStore, type KubernetesStore } from '../../rehearsal/kubernetes/kubernetes-store.js';
import { startPackageServer } from '../../rehearsal/kubernetes/package-server.js';
import { rehearsalSpec } from '../../rehearsal/bring-up/profile.js';
import { mustRun } from '../../systems/process.js';
import { root } from '../../installation/config.js';
import { cacheFolder, readEnvironment } from '../../installation/environment.js';
import { mustParse, type BenchSpec } from './bench-spec.js';
import { lastBoot } from './last-boot.js';
import { measure } from '../measure.js';
import { writePlainInputs } from './plain-inputs.js';
import { stampedEnds } from './stamped-ends.js';
import type { Measured } from './stages.js';
import { whatIsThere } from './what-is-there.js';

const script = fileURLToPath(new URL('plain/bring-up.sh', import.meta.url));

/**
 * The plain bring-up of the same hosts. The same driver boots them, from the same disk, on their own network, beside
 * the same package server. `plain/bring-up.sh` does the rest. Everything is taken down. Fails with `CommandFailed`,
 * also when `signal` ended the shell.
 */
export async function runPlain(
  bench: BenchSpec,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<Measured> {
  const dir = await mkdtemp(join(tmpdir(), 'groundswell-plain-'));
  const say = (line: string): void => {
    onLine(`plain: ${line}`);
  };
  const outside = await plainOutside(dir, say);
  try {
    say('bringing the outside up');
    await outside.hosts.bringNetworkUp();
    const address = outside.network.uplinkAddress;
    const packages = await startPackageServer({ address, port: 0, store: outside.store });
    try {
      const boots = await prepareInputs(outside, bench, `http://${address}:${packages.port}`);
      say('bringing the hosts up');
      return await measureShell(outside, boots, signal);
    } finally {
      await packages.close();
    }
  } finally {
    say('taking it down');
    await outside.hosts.takeDown();
    await rm(dir, { recursive: true, force: true });
  }
}

interface PlainOutside {
  readonly dir: string;
  /** What the shell works from. */
  readonly inputs: string;
  readonly ledger: string;
  readonly store: KubernetesStore;
  readonly network: HostNetwork;
  readonly hosts: Hosts;
}

/** What the outside of a rehearsal is made of, from the same cache; nothing of it is up yet. */
async function plainOutside(dir: string, onProgress: (line: string) => void): Promise<PlainOutside> {
  const cacheDir = cacheFolder(readEnvironment());
  const rootfs = await ensureRootfs({ cacheDir, onProgress });
  const store = await ensureKubernetesStore({ cacheDir, onProgress });
  const network = await claimNetwork({ clonePath: dir, claimFile: join(dir, 'network.json') });
  const ledger = join(dir, 'ledger.ndjson');
  const { dir: storeDir, imageStore } = store;
  const hosts = createHosts({ stateDir: dir, rootfs, network, ledger, storeDir, imageStore });
  return { dir, inputs: join(dir, 'inputs'), ledger, store, network, hosts };
}

async function prepareInputs(
  { dir, inputs, network }: PlainOutside,
  bench: BenchSpec,
  packageServer: string,
): Promise<readonly BootRequest[]> {
  const sshKey = join(dir, 'ssh-key');
  await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'plain bring-up', '-f', sshKey]);
  const folder = join(root, dirname(bench.file));
  const { text } = rehearsalSpec({ text: bench.text, folder, network, sshKey, packageServer });
  return writePlainInputs({ spec: mustParse(text, bench.file), dir: inputs, network, sshKey });
}

function measureShell(
  { dir, inputs, ledger, store, network, hosts }: PlainOutside,
  boots: readonly BootRequest[],
  signal: AbortSignal,
): Promise<Measured> {
  const stamps: string[] = [];
  return measure({
    run: async () => {
      // the worker's namespace: the hosts are reached from where our roll-out reaches them
      const shell = mustRun('nsenter', [`--net=/run/netns/${network.workerNamespace}`, '--', 'bash', script, inputs], {
        env: { PATH: `${store.bin}:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: dir, LANG: 'C.UTF-8' },
        onLine: (line) => stamps.push(line),
        signal,
      });
      await Promise.all([shell, ...boots.map((boot) => hosts.boot(boot))]);
    },
    ends: async () => ({ booted: lastBoot(await readLedger(ledger)), ...stampedEnds(stamps) }),
    there: () => whatIsThere({ kubectl: store.kubectl, kubeconfig: join(inputs, 'kubeconfig') }),
  });
}
