import { join } from 'node:path';
import { readLedger, type LedgerLine } from '../../observer/ledger.js';
import { mustRun } from '../../systems/process.js';
import { freshCopy, type Outcome } from '../rehearsal/fresh-copy.js';

/** A rehearsal of its own on simulated systems: real Temporal, real worker, no roll-out yet. */
export interface SimulatedRehearsal {
  readonly address: string;
  readonly uiUrl: string;
  /** Runs the `temporal` program of the rehearsal, as an operator would, and returns its JSON. */
  temporal(...args: readonly string[]): Promise<unknown>;
  /** Folder of its copy of the tree. */
  readonly dir: string;
  /** Runs `npx groundswell` of the rehearsal to its end. */
  groundswell(...args: readonly string[]): Promise<Outcome>;
  /** What the simulated outside has written down. */
  ledger(): Promise<readonly LedgerLine[]>;
  /** Ends it and removes its copy of the tree. */
  end(): Promise<void>;
}

/** Brings one up in a copy of this tree. Fails with the output of `rehearsal:up` when that fails. */
export async function simulatedRehearsal(name: string): Promise<SimulatedRehearsal> {
  const copy = await freshCopy(name);
  const end = async (): Promise<void> => {
    await copy.run(['npm', 'run', '--silent', 'rehearsal:down']);
    await copy.remove();
  };
  const up = await copy.run(['npm', 'run', '--silent', 'rehearsal:up', '--', '--simulated', '--yes']);
  if (up.exitCode !== 0) {
    await end();
    throw new Error(`rehearsal:up ended with ${up.exitCode}: ${up.stderr}`);
  }
  const address = valueOf(up.stdout, 'TEMPORAL_ADDRESS');
  const cli = join(copy.dir, '.groundswell', 'bin', 'temporal');
  return {
    address,
    uiUrl: valueOf(up.stdout, 'TEMPORAL_UI'),
    async temporal(...args) {
      const parsed: unknown = JSON.parse(await mustRun(cli, [...args, '--address', address, '-o', 'json']));
      return parsed;
    },
    dir: copy.dir,
    groundswell: (...args) => copy.run(['npx', 'groundswell', ...args]),
    ledger: () => readLedger(join(copy.dir, '.groundswell', 'rehearsal', 'ledger.ndjson')),
    end,
  };
}

function valueOf(stdout: string, name: string): string {
  const value = new RegExp(`^${name}=(.+)$`, 'm').exec(stdout)?.[1];
  if (value === undefined) throw new Error(`rehearsal:up printed no ${name}: ${stdout}`);
  return value;
}
