import { InvalidArgumentError } from 'commander';

/**
 * Reads the text of `--reason`, without blanks at its ends. Fails, as a usage error, when there is no letter and no digit in
 * it: an advice that ends with `--reason "…"` was typed as it stands, and the history would say nothing.
 */
export function reasonText(text: string): string {
  if (/[\p{L}\p{N}]/u.test(text)) return text.trim();
  throw new InvalidArgumentError('Expected a few words that say why.');
}
