import type { LedgerLine } from '../../observer/ledger.js';

/** When the last host booted, by the ledger that the hosts' driver writes for both. Milliseconds since 1970. */
export function lastBoot(ledger: readonly LedgerLine[]): number {
  return Math.max(...ledger.filter(({ effect }) => effect === 'boot').map(({ time }) => Date.parse(time)));
}
