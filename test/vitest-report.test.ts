import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../installation/config.js';
import { readVitestReport } from './vitest-report.js';

const counts = { numPassedTests: 1, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };

function report(...testResults: { name: string; status: string; message?: string; tests?: object[] }[]) {
  return {
    ...counts,
    testResults: testResults.map(({ name, tests = [], ...result }) => ({
      ...result,
      name: join(root, name),
      assertionResults: tests,
    })),
  };
}

describe('readVitestReport', () => {
  it('names a failed test with tier, file, title and why', () => {
    const failureMessages = ['AssertionError: expected 1 to be 2\n    at /somewhere:1:2'];
    const tests = [{ fullName: 'adds', status: 'failed', failureMessages }];

    const { failed, failures } = readVitestReport(
      'unit',
      { ...report({ name: 'test/a.test.ts', status: 'failed', tests }), numFailedTests: 1 },
      1,
    );

    expect(failed).toBe(1);
    expect(failures.join()).toMatch(/^unit: test\/a\.test\.ts: adds: AssertionError: expected 1 to be 2/);
  });

  it('counts a file that cannot be imported or whose hook fails as one failure, beside failed tests of other files', () => {
    const tests = [{ fullName: 'adds', status: 'failed', failureMessages: ['no'] }];
    const { failed, failures } = readVitestReport(
      'unit',
      {
        ...report(
          { name: 'test/a.test.ts', status: 'failed', tests },
          { name: 'test/b.test.ts', status: 'failed', message: 'hook broke' },
        ),
        numFailedTests: 1,
      },
      1,
    );

    expect(failed).toBe(2);
    expect(failures).toContain('unit: test/b.test.ts: hook broke');
  });

  it('is not green when Vitest was not: an error outside of any test counts', () => {
    const { failed, failures } = readVitestReport('unit', report({ name: 'test/a.test.ts', status: 'passed' }), 1);

    expect(failed).toBe(1);
    expect(failures.join()).toContain('exit code 1');
  });

  it('names the skipped tests', () => {
    const tests = [{ fullName: 'waits', status: 'skipped' }];
    const { skipped, skippedTests } = readVitestReport(
      'unit',
      { ...report({ name: 'test/a.test.ts', status: 'passed', tests }), numPendingTests: 1 },
      0,
    );

    expect(skipped).toBe(1);
    expect(skippedTests).toEqual(['waits']);
  });
});
