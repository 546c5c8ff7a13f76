import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, runProcess } from '../../systems/process.js';
import type { Target } from '../../installation/target.js';
import { ownProgram } from '../background.js';
import { readOutsideReady } from './outside.js';
import type { RehearsalFolder } from '../rehearsal-folder.js';

/** The last lines of `npm start`. */
export interface Closing {
  /** Whether `kubectl` and the ledger say what they should. */
  readonly good: boolean;
  readonly lines: readonly string[];
}

/** The last lines of `npm start`: the cluster as `kubectl` and the ledger say, and what a person can do next. */
export async function closingLines(folder: RehearsalFolder, target: Target): Promise<Closing> {
  const simulated = target.kind === 'simulated';
  const table = simulated
    ? await observe(folder, ['--url', `${target.simulatedOutside ?? ''}/kubectl`])
    : await observeReal(folder);
  const kubectl = '.groundswell/bin/kubectl --kubeconfig <(npx groundswell kubeconfig) get nodes,pods -A -o wide';
  const lookAround = simulated
    ? ['look around   npx groundswell status']
    : [
        `look around   ${kubectl}`,
        '              npx groundswell ssh k8s-redis',
        '              npx groundswell status',
      ];
  const breakIt = simulated
    ? 'npm start -- --simulated --fault "k8s-redis: join fails 3 times"   (after rehearsal:down)'
    : 'npm run fault -- k8s-redis power-off   (power-on boots it again; heal ends cut, hang, full-disk and slow)';
  const lines = [
    '',
    ...table.lines,
    ...(table.good ? [] : [wayOn(simulated)]),
    '',
    `Temporal UI   ${target.temporal.uiUrl ?? ''}`,
    ...lookAround,
    `break it      ${breakIt}`,
    '              in the middle of a roll-out: kill -9 $(cut -d" " -f1 .groundswell/rehearsal/worker.pid); npx groundswell worker',
    `run it again  ${simulated ? 'npm start -- --simulated' : 'npm start'}   (0 changes)`,
    'end it        npm run rehearsal:down',
  ];
  return { good: table.good, lines };
}

/** A roll-out makes what is missing; a host that somebody switched off is there, and is waited for by Kubernetes itself. */
function wayOn(simulated: boolean): string {
  const mend = simulated ? '' : 'if a host is broken or off: npm run fault -- <node> heal, or power-on; ';
  return `what now      ${mend}npx groundswell plan shows what differs`;
}

async function observeReal(folder: RehearsalFolder): Promise<Closing> {
  const outside = await readOutsideReady(folder.outside);
  if (outside !== undefined) await fetch(`http://127.0.0.1:${outside.controlPort}/ledger`, { method: 'POST' });
  const scratch = await mkdtemp(join(tmpdir(), 'groundswell-'));
  try {
    const kubeconfig = join(scratch, 'kubeconfig');
    const [file = '', ...args] = ownProgram(folder, 'client/cli/main.ts', ['kubeconfig']);
    await writeFile(kubeconfig, await mustRun(file, args, { cwd: folder.root }), { mode: 0o600 });
    return await observe(folder, ['--kubectl', join(folder.bin, 'kubectl'), '--kubeconfig', kubeconfig]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The observer is a program of its own that shares no code with the product. */
async function observe(folder: RehearsalFolder, args: readonly string[]): Promise<Closing> {
  const [file = '', ...own] = ownProgram(folder, 'observer/main.ts', ['--ledger', folder.ledger, ...args]);
  const result = await runProcess(file, own, { cwd: folder.root });
  return { good: result.exitCode === 0, lines: [result.stdout, result.stderr].join('\n').trim().split('\n') };
}
