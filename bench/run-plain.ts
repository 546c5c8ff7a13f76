import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLedger } from '../observer/ledger.js';
import { claimNetwork } from '../rehearsal/hosts/claim-network.js';
import { createHosts } from '../rehearsal/hosts/hosts.js';
import { ensureRootfs } from '../rehearsal/hosts/rootfs.js';
import { ensureKubernetesStore } from '../rehearsal/kubernetes/kubernetes-store.js';
import { startPackageServer } from '../rehearsal/kubernetes/package-server.js';
import { rehearsalSpec } from '../rehearsal/profile.js';
import { mustRun } from '../systems/process.js';
import { cacheFolder, readEnvironment, root } from '../worker/config.js';
import { mustParse, type BenchSpec } from './bench-spec.js';
import { lastBoot } from './last-boot.js';
import { measure } from './measure.js';
import { writePlainInputs } from './plain-inputs.js';
import { stageNames, type Measured, type PerStage, type Stage } from './stages.js';
import { whatIsThere } from './what-is-there.js';

const script = fileURLToPath(new URL('plain/bring-up.sh', import.meta.url));

/**
 * The plain bring-up of the same hosts: the same driver boots them, from the same disk, on a network of their own, beside
 * the same package server; `plain/bring-up.sh` does the rest. Everything is taken down. Fails with `CommandFailed`.
 */
export async function runPlain(bench: BenchSpec, onLine: (line: string) => void): Promise<Measured> {
  const dir = await mkdtemp(join(tmpdir(), 'groundswell-plain-'));
  const onProgress = (line: string): void => {
    onLine(`plain: ${line}`);
  };
  const cacheDir = cacheFolder(readEnvironment());
  const rootfs = await ensureRootfs({ cacheDir, onProgress });
  const store = await ensureKubernetesStore({ cacheDir, onProgress });
  const network = await claimNetwork({ clonePath: dir, claimFile: join(dir, 'network.json') });
  const ledger = join(dir, 'ledger.ndjson');
  const hosts = createHosts({
    stateDir: dir,
    rootfs,
    network,
    ledger,
    storeDir: store.dir,
    imageStore: store.imageStore,
  });
  try {
    onProgress('bringing the outside up');
    await hosts.bringNetworkUp();
    const packages = await startPackageServer({ address: network.uplinkAddress, port: 0, store });
    const sshKey = join(dir, 'ssh-key');
    await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'plain bring-up', '-f', sshKey]);
    const packageServer = `http://${network.uplinkAddress}:${packages.port}`;
    const folder = join(root, dirname(bench.file));
    const { text } = rehearsalSpec({ text: bench.text, folder, network, sshKey, packageServer });
    const inputs = join(dir, 'inputs');
    const boots = await writePlainInputs({ spec: mustParse(text, bench.file), dir: inputs, network, sshKey });
    onProgress('bringing the hosts up');
    const stamps: string[] = [];
    return await measure({
      run: async () => {
        const shell = ['--', 'bash', script, inputs];
        await Promise.all([
          ...boots.map((boot) => hosts.boot(boot)),
          mustRun('nsenter', [`--net=/run/netns/${network.workerNamespace}`, ...shell], {
            env: { PATH: `${store.bin}:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: dir, LANG: 'C.UTF-8' },
            onLine: (line) => stamps.push(line),
          }),
        ]);
      },
      ends: async () => ({ booted: lastBoot(await readLedger(ledger)), ...stampedEnds(stamps) }),
      there: () => whatIsThere({ kubectl: store.kubectl, kubeconfig: join(inputs, 'kubeconfig') }),
    }).finally(() => packages.close());
  } finally {
    onProgress('taking it down');
    await hosts.takeDown();
    await rm(dir, { recursive: true, force: true });
  }
}

/** The last line of each stage: `1764000000000 prepared k8s-redis`, in milliseconds since 1970. */
function stampedEnds(lines: readonly string[]): PerStage {
  const ends: Partial<Record<Stage, number>> = {};
  for (const line of lines) {
    const [, time = '', word = ''] = /^(\d{13}) (\w+)/.exec(line) ?? [];
    const stage = stageNames.find((name) => name === word);
    if (stage !== undefined) ends[stage] = Math.max(ends[stage] ?? 0, Number(time));
  }
  return ends;
}
