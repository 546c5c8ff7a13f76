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
  return counted(ledger.flatMap((line) => (line.effect === effect && line.node !== undefined ? [line.node] : [])));
}

/** How often a Node of this name was registered at the API server. */
export function registrations(ledger: readonly LedgerLine[]): ReadonlyMap<string, number> {
  return effectsPerNode(changesOf(ledger, 'v1/Node'), 'create');
}

/** How often a kubelet asked to be let in under this name: a second time is a second join. */
export function certificateRequests(ledger: readonly LedgerLine[]): ReadonlyMap<string, number> {
  return effectsPerNode(changesOf(ledger, 'certificates.k8s.io/v1/CertificateSigningRequest'), 'create');
}

/** How often objects of a kind were changed, by their `apiVersion/kind/namespace/name`. */
export function effectsPerObject(ledger: readonly LedgerLine[], kind: string): ReadonlyMap<string, number> {
  return counted(changesOf(ledger, kind).map(({ key }) => key));
}

/** What the API server's audit log told of objects of a kind: `apps/v1/Deployment`. */
function changesOf(ledger: readonly LedgerLine[], kind: string): readonly LedgerLine[] {
  return ledger.filter(({ system, key }) => system === 'kubernetes' && key.startsWith(`${kind}/`));
}

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
