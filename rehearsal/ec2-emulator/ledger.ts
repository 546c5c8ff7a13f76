import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** One effect on the outside, as kept by what was acted upon. */
export interface Effect {
  /** The outside's own verb: `RunInstances`, `CreateVpc`. */
  readonly effect: string;
  /** ClientToken of a launch, else the owner tag, else the ids that are named. */
  readonly key: string;
  readonly node?: string;
}

/** Where effects are written. */
export type Ledger = (effect: Effect) => void;

/**
 * Appends effects of EC2 to a file of one JSON object a line. Writes each line at once and in one piece, before the
 * answer goes out. So every effect has a line, also when somebody kills the emulator right after it.
 */
export function openLedger(path: string): Ledger {
  mkdirSync(dirname(path), { recursive: true });
  return ({ effect, key, node }) => {
    appendFileSync(path, `${JSON.stringify({ time: new Date().toISOString(), system: 'ec2', effect, key, node })}\n`);
  };
}
