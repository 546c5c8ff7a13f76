import { readFile } from 'node:fs/promises';
import { isRecord } from './history.js';

/** One effect, as what was acted upon wrote it down. */
export interface LedgerLine {
  readonly time: string;
  readonly system: string;
  readonly effect: string;
  readonly key: string;
  readonly node: string | undefined;
}

/** Every line of a ledger file. A line that is not JSON is an error: a ledger is written whole or not at all. */
export async function readLedger(path: string): Promise<readonly LedgerLine[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseLine);
}

function parseLine(line: string): LedgerLine {
  const value: unknown = JSON.parse(line);
  if (!isRecord(value)) throw new Error(`ledger: not an object: ${line}`);
  const text = (name: string): string => (typeof value[name] === 'string' ? value[name] : '');
  return {
    time: text('time'),
    system: text('system'),
    effect: text('effect'),
    key: text('key'),
    node: typeof value['node'] === 'string' ? value['node'] : undefined,
  };
}

/** How often an effect happened, per node. */
export function effectsPerNode(ledger: readonly LedgerLine[], effect: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of ledger) {
    if (line.effect === effect && line.node !== undefined) counts.set(line.node, (counts.get(line.node) ?? 0) + 1);
  }
  return counts;
}
