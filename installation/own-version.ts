import { readFileSync } from 'node:fs';
import { isRecord } from '../model/json/is-record.js';

/** The version of this installation, from its package.json. */
export function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return isRecord(manifest) && typeof manifest['version'] === 'string' ? manifest['version'] : 'unknown';
}
