import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { root } from '../../installation/config.js';

/** Reading all types takes longer than a test of this tier may by default. */
const timeoutMs = 120_000;
const eslint = new ESLint({ cwd: root });

interface Broken {
  readonly line: number;
  readonly rule: string;
}

/** What would be wrong with a file if its text were this; the file must exist, so that its types are known. */
async function whatIsWrong(path: string, lines: readonly string[]): Promise<readonly Broken[]> {
  const [result] = await eslint.lintText(`${lines.join('\n')}\n`, { filePath: join(root, path) });
  return (result?.messages ?? []).map(({ line, ruleId, message }) => ({ line, rule: ruleId ?? message }));
}

interface Arrows {
  readonly path: string;
  readonly refused: readonly string[];
  readonly allowed: readonly string[];
}

const folders: readonly Arrows[] = [
  {
    path: 'model/steps.ts',
    refused: [
      "export { readFileSync } from 'node:fs';",
      "export { sleep } from '@temporalio/workflow';",
      "export { runProcess } from '../systems/process.js';",
    ],
    allowed: ["export { failureKind } from './failures.js';"],
  },
  {
    path: 'workflows/step/progress.ts',
    refused: [
      "export { createActivities } from '../activities/index.js';",
      "export { hostname } from 'node:os';",
      "export { execa } from 'execa';",
      "export type { Ssh } from '../systems/ssh/ssh.js';",
    ],
    allowed: [
      "export type { NodeActivities } from '../activities/nodes.js';",
      "export { nodeStep } from '../model/steps.js';",
      "export { sleep } from '@temporalio/workflow';",
    ],
  },
  {
    path: 'activities/plan-body.ts',
    refused: [
      "export { Client } from 'ssh2';",
      "export { runProcess } from '../systems/process.js';",
      "export { runWorker } from '../worker/run-worker.js';",
      "export { applyPlan } from '../workflows/apply-plan.js';",
      "export type { ChildResult } from '../workflows/contract/inputs.js';",
    ],
    allowed: [
      "export type { Ssh } from '../systems/ssh/ssh.js';",
      "export { applyWorkflowId } from '../model/names/workflow-ids.js';",
    ],
  },
  {
    path: 'systems/ssh/ssh.ts',
    refused: [
      "export { Client } from '@temporalio/client';",
      "export type { NodeActivities } from '../../activities/nodes.js';",
      "export { taskQueue } from '../../workflows/contract/task-queues.js';",
    ],
    allowed: ["export { runProcess } from '../process.js';", "export { nodeStep } from '../../model/steps.js';"],
  },
  {
    path: 'installation/target.ts',
    refused: [
      "export { createWorld } from '../rehearsal/simulated/world.js';",
      "export { createActivities } from '../activities/index.js';",
      "export { runWorker } from '../worker/run-worker.js';",
    ],
    allowed: ["export { runProcess } from '../systems/process.js';"],
  },
  {
    path: 'worker/log-line.ts',
    refused: ["export { createWorld } from '../rehearsal/simulated/world.js';"],
    allowed: [
      "export { createActivities } from '../activities/index.js';",
      "export { root } from '../installation/config.js';",
    ],
  },
  {
    path: 'client/exit-codes.ts',
    refused: [
      "export { createFolderArtifacts } from '../systems/artifacts/folder-artifacts.js';",
      "export { applyPlan } from '../workflows/apply-plan.js';",
      "export type { NodeActivities } from '../activities/nodes.js';",
    ],
    allowed: [
      "export { runProcess } from '../systems/process.js';",
      "export { taskQueue } from '../workflows/contract/task-queues.js';",
      "export { runWorker } from '../worker/run-worker.js';",
    ],
  },
  {
    path: 'rehearsal/background.ts',
    refused: [
      "export { createActivities } from '../activities/index.js';",
      "export { applyPlan } from '../workflows/apply-plan.js';",
    ],
    allowed: ["export { runProcess } from '../systems/process.js';"],
  },
  {
    path: 'observer/judge.ts',
    refused: [
      "export { parseSpec } from '../model/spec/parse-spec.js';",
      "export { root } from '../installation/config.js';",
    ],
    allowed: ["export { readLedger } from './ledger.js';"],
  },
];

describe('ESLint', () => {
  it.each(folders)(
    'refuses the imports that the folder of $path must not have, and no others',
    async ({ path, refused, allowed }) => {
      const expected = refused.map((_, index) => ({
        line: allowed.length + index + 1,
        rule: '@typescript-eslint/no-restricted-imports',
      }));
      const found = await whatIsWrong(path, [...allowed, ...refused]);
      expect(found.filter(({ rule }) => rule !== 'import-x/no-cycle')).toEqual(expected);
    },
    timeoutMs,
  );

  it(
    'refuses an exported function of which the name says nothing elsewhere',
    async () => {
      const text = ['/** Shows. */', 'export function show(): number {', '  return 1;', '}'];
      expect(await whatIsWrong('workflows/step/progress.ts', text)).toEqual([
        { line: 2, rule: 'no-restricted-syntax' },
      ]);
    },
    timeoutMs,
  );

  it(
    'refuses a name of a step or an id of a workflow that is made or taken apart by hand, but where they come from',
    async () => {
      const text = [
        '/** Reads a text. */',
        'export function readText(text: string): readonly unknown[] {',
        '  return [',
        "    text.split('/'),",
        "    text.startsWith('node/'),",
        "    text.includes('/wave/'),",
        "    text.endsWith('/fenced'),",
        '    `node/${text}/join`,',
        '    `cluster/${text}`,',
        "    text.split(','),",
        '  ];',
        '}',
      ];
      const refused = [4, 5, 6, 7, 8, 9].map((line) => ({ line, rule: 'no-restricted-syntax' }));
      expect(await whatIsWrong('model/status/answers.ts', text)).toEqual(refused);
      expect(await whatIsWrong('client/commands/logs.ts', text)).toEqual(refused);
      expect(await whatIsWrong('model/names/parse-step.ts', text)).toEqual([]);
    },
    timeoutMs,
  );

  it(
    'finds a circle of imports',
    async () => {
      const text = ["export { createActivities } from './index.js';"];
      expect(await whatIsWrong('activities/plan-body.ts', text)).toEqual([{ line: 1, rule: 'import-x/no-cycle' }]);
    },
    timeoutMs,
  );

  it(
    'catches a promise in a workflow that nobody waits for',
    async () => {
      const text = [
        "import { sleep } from '@temporalio/workflow';",
        '/** Sleeps twice. */',
        'export async function sleepTwice(): Promise<void> {',
        "  sleep('1 second');",
        "  await sleep('1 second');",
        '}',
      ];
      expect(await whatIsWrong('workflows/step/progress.ts', text)).toEqual([
        { line: 4, rule: '@typescript-eslint/no-floating-promises' },
      ]);
    },
    timeoutMs,
  );
});
