import { parseArgs } from 'node:util';
import { RolloutError } from '../model/rollout-error.js';

/** The arguments of the commands of a rehearsal. */
export interface RehearsalArguments {
  /** The wanted mode: real hosts or simulated systems. */
  readonly mode: 'real' | 'simulated' | undefined;
  /** Ask nothing. Always so without a terminal. */
  readonly yes: boolean;
  /** Faults of a simulated rehearsal, as `parseFault` reads them. */
  readonly faults: readonly string[];
  /** The spec that is rehearsed. Default: cluster.yaml of this clone. */
  readonly spec: string | undefined;
}

const usage =
  'usage: npm start -- [--simulated | --real] [--yes] [--spec FILE] [--fault "k8s-redis: join fails twice"]; ' +
  '--yes installs system packages without asking';

/** Reads the arguments of `npm start` and `npm run rehearsal:up`. `--help` ends the program. Fails with `InputInvalid` on any other. */
export function rehearsalArguments(args: readonly string[]): RehearsalArguments {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        simulated: { type: 'boolean', default: false },
        real: { type: 'boolean', default: false },
        yes: { type: 'boolean', short: 'y', default: false },
        fault: { type: 'string', multiple: true, default: [] },
        spec: { type: 'string', short: 'f' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      process.exit(0);
    }
    if (values.simulated && values.real) throw new Error('--simulated and --real exclude each other');
    const mode = values.simulated ? 'simulated' : values.real ? 'real' : undefined;
    return { mode, yes: values.yes, faults: values.fault, spec: values.spec };
  } catch (error) {
    const problem = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new RolloutError('InputInvalid', `${problem}; ${usage}`);
  }
}
