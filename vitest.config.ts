import { defineConfig } from 'vitest/config';

const quick = { exclude: ['**/*.system.test.ts', '**/*.rehearsal.test.ts', '**/*.long.test.ts'] };

/** The tiers (CONTRIBUTING.md). Each is a project: `npx vitest run --project unit`. */
export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'test/*.test.ts',
            'test/{model,systems,client,rehearsal,installation,worker,observer,bin,lint,compose,bench,canary}/**/*.test.ts',
          ],
          ...quick,
          testTimeout: 20_000,
        },
      },
      { test: { name: 'activity', include: ['test/activities/**/*.test.ts'], ...quick, testTimeout: 30_000 } },
      {
        test: {
          name: 'workflow',
          include: ['test/{workflows,replay}/**/*.test.ts'],
          ...quick,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        // not a tier: `npm run record:histories`
        test: {
          name: 'record',
          include: ['test/replay/*.record.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'crash',
          include: ['test/crash/**/*.test.ts'],
          ...quick,
          // given up when nothing moves any more (test/crash/patience.ts), not when the machine is slow
          testTimeout: 3_000_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/**/*.system.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'rehearsal',
          include: ['test/**/*.rehearsal.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'long',
          include: ['test/**/*.long.test.ts'],
          testTimeout: 3_600_000,
          hookTimeout: 3_600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
