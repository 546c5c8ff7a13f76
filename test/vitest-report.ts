import { relative } from 'node:path';
import { z } from 'zod';
import { root } from '../installation/config.js';

/** What a tier of `npm test` came to. */
export interface TierResult {
  passed: number;
  failed: number;
  skipped: number;
  /** One text for each of what failed: tier, file, title, and the first lines of why. */
  failures: string[];
}

/** Lines of a failure's message that are shown again at the end: what was expected and found, without the stack. */
const shownLines = 12;

const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/**
 * Reads what Vitest's JSON reporter wrote. A file that failed without a failed test of its own (it could not be
 * imported, or a hook of it failed) counts as one failure, and so does an exit code that no failure explains (an error
 * outside of any test). Throws where the report is not one.
 */
export function readVitestReport(
  tier: string,
  report: unknown,
  exitCode: number,
): TierResult & { skippedTests: string[] } {
  const { testResults, ...counts } = Report.parse(report);
  const failures: string[] = [];
  const skippedTests: string[] = [];
  let outsideOfTests = 0;
  for (const { name, status, message, assertionResults } of testResults) {
    const place = `${tier}: ${relative(root, name)}`;
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && failed.length === 0) {
      outsideOfTests += 1;
      failures.push(`${place}: ${firstLines(message)}`);
    }
    for (const { fullName, failureMessages } of failed) {
      failures.push(`${place}: ${fullName}: ${firstLines((failureMessages ?? []).join('\n'))}`);
    }
    for (const test of assertionResults) {
      if (test.status === 'skipped' || test.status === 'pending') skippedTests.push(test.fullName);
    }
  }
  if (exitCode !== 0 && failures.length === 0) {
    outsideOfTests += 1;
    failures.push(`${tier}: every test passed, yet Vitest ended with exit code ${exitCode}: see "Unhandled" above`);
  }
  return {
    passed: counts.numPassedTests,
    failed: counts.numFailedTests + outsideOfTests,
    skipped: counts.numPendingTests + counts.numTodoTests,
    failures,
    skippedTests,
  };
}

function firstLines(message: string): string {
  return message.trim().split('\n').slice(0, shownLines).join('\n    ');
}
