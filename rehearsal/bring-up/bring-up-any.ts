import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { root } from '../../installation/config.js';
import type { RehearsalArguments } from '../arguments.js';
import { bringUp, type BroughtUp } from './bring-up.js';
import { agreeToInstall } from '../hosts/machine/agree-to-install.js';
import { whyRealHostsAreImpossible } from '../hosts/machine/machine-support.js';
import { hostSystemPackages, missingSystemPackages } from '../hosts/machine/system-packages.js';
import { rehearsalFolder } from '../rehearsal-folder.js';
import { bringSimulatedUp } from '../simulated/bring-simulated-up.js';
import { parseFault } from '../simulated/faults.js';

/** Brings a rehearsal up: on real hosts where this machine can, else on simulated systems, saying why. */
export async function bringUpAny(options: RehearsalArguments, onLine: (line: string) => void): Promise<BroughtUp> {
  const folder = rehearsalFolder(root);
  const path = resolve(options.spec ?? join(root, 'cluster.yaml'));
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new RolloutError('InputInvalid', `spec ${path}: cannot be read`, { cause });
  });
  const input = { folder, spec: { text, folder: dirname(path) }, onLine };
  // before anything starts: a fault that cannot be read shall cost nothing
  for (const fault of options.faults) parseFault(fault);
  const obstacle = options.simulated ? 'asked for by --simulated' : await whyRealHostsAreImpossible();
  if (obstacle !== undefined) {
    onLine(
      `[simulated] EC2, hosts, Ansible and Kubernetes are simulated (${obstacle}); Temporal and the worker are real`,
    );
    return bringSimulatedUp({ ...input, faults: options.faults });
  }
  if (options.faults.length > 0) {
    throw new RolloutError('InputInvalid', '--fault is for --simulated; real hosts are broken by `npm run fault`');
  }
  if (!(await agreeToInstall(await missingSystemPackages(hostSystemPackages), { yes: options.yes, onLine }))) {
    throw new RolloutError('InputInvalid', 'nothing was installed; `npm start -- --simulated` needs no packages');
  }
  return bringUp(input);
}
