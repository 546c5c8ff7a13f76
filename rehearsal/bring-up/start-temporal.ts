import { readFile } from 'node:fs/promises';
import { Target } from '../../installation/target.js';
import type { EmbeddedServer } from '../../installation/temporal-server/embedded-server.js';
import { startOwnServer } from '../../installation/temporal-server/own-server.js';
import { stopBackground, stopWorkers } from '../background.js';
import { linkPrograms } from './link-programs.js';
import type { RehearsalFolder } from '../rehearsal-folder.js';

/**
 * Starts the Temporal server of this rehearsal, or finds it running; `.groundswell/bin/temporal` is the CLI that goes
 * with it. A restarted server has another port if somebody else took its port. Worker and bridge know only the old
 * address, so this function then ends them, for a new start.
 */
export async function startTemporal(folder: RehearsalFolder, onLine: (line: string) => void): Promise<EmbeddedServer> {
  const before = await lastAddress(folder);
  const server = await startOwnServer({ stateDir: folder.dir, onLine });
  await linkPrograms(folder, { temporal: server.cli });
  if (before !== undefined && before !== server.address) {
    onLine(`temporal server: it was at ${before}, so its worker starts again`);
    await stopWorkers(folder, 20_000);
    await stopBackground(folder, 'bridge', 2_000);
  }
  return server;
}

/** Where the server of this rehearsal was when it was brought up last; `undefined` when it never was. */
async function lastAddress(folder: RehearsalFolder): Promise<string | undefined> {
  const text = await readFile(folder.target, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Target.parse(JSON.parse(text)).temporal.address;
}
