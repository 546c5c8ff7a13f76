import { createInterface } from 'node:readline/promises';
import { undoInstallCommand } from './system-packages.js';

export interface Agreement {
  /** Asks nobody. */
  readonly yes: boolean;
  readonly onLine: (line: string) => void;
}

/**
 * Says which packages of this machine's distribution are about to be installed and how to undo it. On a terminal it asks, and
 * Enter means yes; without one nobody can be asked. Whether they may be installed.
 */
export async function agreeToInstall(missing: readonly string[], { yes, onLine }: Agreement): Promise<boolean> {
  if (missing.length === 0) return true;
  onLine(`system packages: apt-get installs ${missing.join(' ')}; to undo it: ${undoInstallCommand(missing)}`);
  if (yes || !process.stdin.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('continue? [Y/n] ');
  terminal.close();
  return !/^n/i.test(answer.trim());
}
