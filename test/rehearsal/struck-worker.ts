import { z } from 'zod';
import { createDependencies } from '../../worker/dependencies.js';
import { runWorker } from '../../worker/run-worker.js';
import { Target } from '../../installation/target.js';
import { struckBy } from '../crash/struck-systems.js';
import { watchedTuning } from '../crash/watched-activities.js';

/** How a worker of real hosts that a director watches is started: one JSON argument. */
export const StruckWorkerInput = z.object({
  target: Target,
  /** Path of the bundle of workflows. */
  codePath: z.string(),
  /** Root URL of the director, for attempts of activities. */
  director: z.string(),
  /** Root URL of the director, for calls of systems. */
  passage: z.string(),
});
export type StruckWorkerInput = z.infer<typeof StruckWorkerInput>;

if (process.argv[2] === '--run') {
  const { target, codePath, director, passage } = StruckWorkerInput.parse(JSON.parse(process.argv[3] ?? ''));
  await runWorker({
    ...target.temporal,
    dependencies: struckBy(passage, await createDependencies(target)),
    workflowBundle: { codePath },
    tuning: watchedTuning(director),
  });
}
