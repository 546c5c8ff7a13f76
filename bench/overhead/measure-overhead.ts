import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ActivityPaces } from '../../activities/index.js';
import { workflowNames } from '../../model/names/workflow-names.js';
import { RolloutError } from '../../model/rollout-error.js';
import { childrenOf, readHistory } from '../../observer/history.js';
import { createFolderArtifacts } from '../../systems/artifacts/folder-artifacts.js';
import { root } from '../../installation/config.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { frontDoorStatusQuery } from '../../workflows/contract/message-definitions.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { criticalPath, type CriticalPath, type NeedingStep } from './critical-path.js';
import { measuredPath, type PathStep } from './measured-path.js';
import { seedDurations, simulatedSeconds } from './seed-durations.js';
import { bringStackUp, type SimulatedStack } from '../simulated-stack.js';
import { stepTimes } from './step-times.js';

/** One roll-out of cluster.yaml beside what its plan needs. */
export interface OverheadRun {
  readonly name: string;
  readonly wallSeconds: number;
  readonly plan: CriticalPath;
  /** What was really waited for. */
  readonly path: readonly PathStep[];
  /** From the end of the last step to the end of the roll-out. */
  readonly after: number;
}

export interface OverheadVariant {
  readonly name: string;
  readonly paces: ActivityPaces;
  readonly ansibleRuns?: number;
}

const Body = z.object({
  plan: z.object({ steps: z.array(z.object({ step: z.string(), needs: z.array(z.string()) })) }),
});

/** Rolls cluster.yaml out on a simulated outside that is sixty times as fast as the replaced chain was. Fails with `CommandFailed`. */
export async function measureOverhead(
  { name, ...variant }: OverheadVariant,
  onLine: (line: string) => void,
): Promise<OverheadRun> {
  const stack = await bringStackUp({
    spec: await readFile(join(root, 'cluster.yaml'), 'utf8'),
    durations: seedDurations,
    ...variant,
    onLine: (line) => {
      onLine(`${name}: ${line}`);
    },
  });
  try {
    const startedMs = Date.now();
    const handle = await stack.client.workflow.start(workflowNames.rollOutCluster, {
      taskQueue,
      workflowId: 'bench-overhead',
      args: [{ approve: true, by: 'bench:overhead' }],
    });
    const result: unknown = await handle.result();
    const endedMs = Date.now();
    const { outcome } = z.object({ outcome: z.string() }).parse(result);
    if (outcome !== 'done') throw new RolloutError('CommandFailed', `rollOutCluster: expected done, found ${outcome}`);
    const { cluster = '', planArtifact = '' } = await handle.query(frontDoorStatusQuery);
    const plan = await planSteps(stack, planArtifact);
    const times = await timesOf(stack, applyWorkflowId(cluster));
    const path = measuredPath({ plan, times, startedMs, secondsOf: simulatedSeconds });
    const wallSeconds = (endedMs - startedMs) / 1_000;
    return {
      name,
      wallSeconds,
      plan: criticalPath(plan, simulatedSeconds),
      path,
      after:
        wallSeconds - path.reduce((sum, step) => sum + step.between + step.queued + step.inside + step.simulated, 0),
    };
  } finally {
    await stack.end();
  }
}

async function planSteps({ target }: SimulatedStack, artifact: string): Promise<readonly NeedingStep[]> {
  return Body.parse(JSON.parse(await createFolderArtifacts(target.artifacts).get(artifact))).plan.steps;
}

async function timesOf({ cli, target }: SimulatedStack, lock: string) {
  const access = { cli, address: target.temporal.address };
  const parent = await readHistory(access, lock);
  const children = await Promise.all(childrenOf(parent).map((id) => readHistory(access, id)));
  return stepTimes([parent, ...children]);
}
