import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { z } from 'zod';
import { remoteSystems } from '../../rehearsal/simulated/remote-systems.js';
import { simulatedDependencies } from '../../rehearsal/simulated/simulated-dependencies.js';
import { runWorker } from '../../worker/run-worker.js';
import { Target } from '../../installation/target.js';
import { quickPaces } from './quick-paces.js';
import { attemptOf, watchedTuning } from './watched-activities.js';

/** How a worker that is to be killed is started: one JSON argument. */
export const CrashWorkerInput = z.object({
  target: Target,
  /** Path of the bundle of workflows. */
  codePath: z.string(),
  /** By how much time-outs are longer than on a machine that has nothing else to do. */
  stretch: z.number(),
  /** Root URL of the director; nobody is asked without one. */
  director: z.string().optional(),
  /** Root URL of the simulated outside. */
  outside: z.string(),
});
export type CrashWorkerInput = z.infer<typeof CrashWorkerInput>;

if (process.argv[2] === '--run') {
  const input = CrashWorkerInput.parse(JSON.parse(process.argv[3] ?? ''));
  for (;;) {
    try {
      await run(input);
      break;
    } catch (error) {
      // a server that has too much to do refuses connections: a supervisor would start the worker again
      process.stderr.write(`${String(error)}\n`);
      await sleep(500);
    }
  }
}

async function run({ target, codePath, stretch, director, outside }: CrashWorkerInput): Promise<void> {
  const systems = remoteSystems(outside, { caller: () => JSON.stringify(attemptOf(Context.current())) });
  await runWorker({
    ...target.temporal,
    dependencies: await simulatedDependencies(target, systems),
    paces: quickPaces(stretch),
    workflowBundle: { codePath },
    tuning: watchedTuning(director),
  });
}
