import { join } from 'node:path';
import { stateFolder } from '../installation/target.js';

/** The files of a rehearsal of one clone, all under `.groundswell/`. */
export interface RehearsalFolder {
  readonly root: string;
  /** `.groundswell`: what outlives a rehearsal (the Python environment, tools). */
  readonly state: string;
  /** `.groundswell/rehearsal`: gone after `rehearsal:down`. Also the working folder of its processes. */
  readonly dir: string;
  readonly target: string;
  readonly spec: string;
  readonly ledger: string;
  readonly sshKey: string;
  readonly workerSecret: string;
  readonly artifacts: string;
  /** Written by the outside once it answers. */
  readonly outside: string;
  readonly networkClaim: string;
  readonly bin: string;
}

export function rehearsalFolder(root: string): RehearsalFolder {
  const state = stateFolder(root);
  const dir = join(state, 'rehearsal');
  return {
    root,
    state,
    dir,
    target: join(state, 'target.json'),
    spec: join(dir, 'cluster.yaml'),
    ledger: join(dir, 'ledger.ndjson'),
    sshKey: join(dir, 'ssh-key'),
    workerSecret: join(dir, 'worker-secret'),
    artifacts: join(dir, 'artifacts'),
    outside: join(dir, 'outside.json'),
    networkClaim: join(dir, 'network.json'),
    bin: join(state, 'bin'),
  };
}
