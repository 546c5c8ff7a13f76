import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { parseSpec } from '../../model/spec/parse-spec.js';
import { root } from '../../installation/config.js';
import { readTarget } from '../../installation/target.js';
import type { RehearsalArguments } from '../arguments.js';
import { bringUp, type BroughtUp } from './bring-up.js';
import { agreeToInstall } from '../hosts/machine/agree-to-install.js';
import { whyRealHostsAreImpossible } from '../hosts/machine/machine-support.js';
import { hostSystemPackages, missingSystemPackages } from '../hosts/machine/system-packages.js';
import { rehearsalFolder } from '../rehearsal-folder.js';
import { bringSimulatedUp } from '../simulated/bring-simulated-up.js';
import { requireSubject } from '../simulated/fault-subject.js';
import { parseFault } from '../simulated/faults.js';
import { chooseMode } from './choose-mode.js';

/**
 * Brings a rehearsal up: on real hosts where this machine can have them, else on simulated systems. Which one it is, and why, is
 * the first line. Fails with `InputInvalid` before anything is started or changed.
 */
export async function bringUpAny(options: RehearsalArguments, onLine: (line: string) => void): Promise<BroughtUp> {
  const { faults, mode: asked } = options;
  const folder = rehearsalFolder(root);
  const path = resolve(options.spec ?? join(root, 'cluster.yaml'));
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new RolloutError('InputInvalid', `spec ${path}: cannot read the file`, { cause });
  });
  const input = { folder, spec: { text, folder: dirname(path) }, onLine };
  // before anything starts: a fault that cannot be read, or that nothing would ever meet, shall cost nothing
  const parsed = parseSpec(text, path);
  for (const fault of faults.map(parseFault)) if (parsed.ok) requireSubject(fault, parsed.spec);
  const up = (await readTarget(root))?.kind;
  const { mode, why } = chooseMode({ asked, up, obstacle: await whyRealHostsAreImpossible() });
  if (mode === 'simulated') {
    onLine(`[simulated] EC2, hosts, Ansible and Kubernetes are simulated (${why}); Temporal and the worker are real`);
    return bringSimulatedUp({ ...input, faults });
  }
  if (faults.length > 0) {
    throw new RolloutError('InputInvalid', '--fault works with --simulated only; `npm run fault` breaks real hosts');
  }
  onLine(`real hosts, Ansible and Kubernetes on this machine, and an emulated EC2 (${why})`);
  if (!(await agreeToInstall(await missingSystemPackages(hostSystemPackages), { yes: options.yes, onLine }))) {
    throw new RolloutError('InputInvalid', 'nothing is installed; `npm start -- --simulated` needs no packages');
  }
  return bringUp(input);
}
