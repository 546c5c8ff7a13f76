import { failureKind } from '../model/failures.js';
import { RolloutError } from '../model/rollout-error.js';

/** Runs the main function of a command: a failure is one line with advice, and the exit code of the failure table. */
export async function runProgram(main: () => Promise<void>): Promise<never> {
  try {
    await main();
    process.exit(0);
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
    const { advice, exitCode } = failureKind(error.type);
    process.stderr.write(`${error.message}\n  → ${advice}\n`);
    process.exit(exitCode);
  }
}
