import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { RolloutError } from '../../model/rollout-error.js';
import { openSshKeyPair } from '../../systems/ssh/openssh-private-key.js';
import type { Target } from '../../installation/target.js';
import { isRunning, ownProgram, cleanEnvironment, startBackground, waitForBackground } from '../background.js';
import type { BringUpInput, BroughtUp } from '../bring-up/bring-up.js';
import type { RehearsalFolder } from '../rehearsal-folder.js';
import { startTemporal } from '../bring-up/start-temporal.js';
import { startWorker } from '../bring-up/start-worker.js';
import type { SimulatedOutsideInput } from './outside.js';
import { simulatedSpec } from './simulated-spec.js';
import { randomBytes } from 'node:crypto';

const Ready = z.object({ url: z.string() });
/** A roll-out on real hosts takes minutes; simulated it shall end in well under one. */
const timeScale = 0.2;

/** Brings a simulated rehearsal up: a real Temporal server and worker, and the simulated outside as a process of its own. */
export async function bringSimulatedUp({
  folder,
  spec,
  onLine,
  faults,
}: BringUpInput & { readonly faults: readonly string[] }): Promise<BroughtUp> {
  await mkdir(folder.dir, { recursive: true });
  const runs = await isRunning(folder, 'outside');
  if (runs && faults.length > 0) {
    throw new RolloutError('InputInvalid', '--fault: a rehearsal runs already; end it first: npm run rehearsal:down');
  }
  if (!runs) await rm(folder.outside, { force: true });
  const server = await startTemporal(folder, onLine);
  const url = await startSimulatedOutside(folder, faults);
  onLine(`[simulated] outside: EC2, hosts and Kubernetes at ${url}`);
  const { text, changes } = simulatedSpec({
    text: spec.text,
    folder: spec.folder,
    sshKey: await makeSshKey(folder.sshKey),
  });
  await writeFile(folder.spec, text);
  const target: Target = {
    kind: 'simulated',
    temporal: { address: server.address, namespace: 'default', uiUrl: server.uiUrl },
    spec: folder.spec,
    artifacts: folder.artifacts,
    workerSecretFile: folder.workerSecret,
    simulatedOutside: url,
    workerCommand: [...ownProgram(folder, 'rehearsal/worker.ts')],
  };
  await writeFile(folder.target, `${JSON.stringify(target, undefined, 2)}\n`);
  await startWorker(folder, target, onLine);
  return { target, specChanges: changes };
}

async function startSimulatedOutside(folder: RehearsalFolder, faults: readonly string[]): Promise<string> {
  const input: SimulatedOutsideInput = {
    ledger: folder.ledger,
    artifacts: folder.artifacts,
    faults: [...faults],
    timeScale,
    readyFile: folder.outside,
  };
  const [file = '', ...args] = ownProgram(folder, 'rehearsal/simulated/outside.ts', ['--run', JSON.stringify(input)]);
  await startBackground(folder, 'outside', { file, args, env: cleanEnvironment(folder) });
  return waitForBackground(folder, 'outside', async () => {
    const text = await readFile(folder.outside, 'utf8').catch(() => undefined);
    return text === undefined ? undefined : Ready.parse(JSON.parse(text)).url;
  });
}

/** The key is never used, but the spec names one, and its public half goes to the simulated EC2. */
async function makeSshKey(path: string): Promise<string> {
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) await writeFile(path, openSshKeyPair(randomBytes(32), 'simulated').privateKey, { mode: 0o600 });
  return path;
}
