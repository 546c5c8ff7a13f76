import { RolloutError } from '../../model/rollout-error.js';
import { runInForeground, runProcess } from '../../systems/process.js';
import { ownProgram } from '../background.js';
import type { RehearsalFolder } from '../rehearsal-folder.js';

/**
 * Rolls the cluster out by the product's own CLI, as a person would: `groundswell up --yes`. On a terminal it has the
 * terminal to itself; otherwise each of its lines goes to `onLine`. Ends this process with its exit code when it is not 0.
 */
export async function rollOut(
  folder: RehearsalFolder,
  { terminal, onLine }: { readonly terminal: boolean; readonly onLine: (line: string) => void },
): Promise<void> {
  const [file = '', ...args] = ownProgram(folder, 'client/cli/main.ts', ['up', '--yes', '--by', 'npm start']);
  const exitCode = terminal
    ? await runInForeground(file, args, { cwd: folder.root })
    : (await runProcess(file, args, { cwd: folder.root, onLine })).exitCode;
  if (exitCode === 0) return;
  if (exitCode !== undefined) process.exit(exitCode);
  throw new RolloutError(
    'CommandFailed',
    'groundswell up: ended by a signal; the roll-out continues: npx groundswell watch',
  );
}
