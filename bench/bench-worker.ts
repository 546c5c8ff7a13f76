import { z } from 'zod';
import { simulatedDependencies } from '../rehearsal/simulated/simulated-dependencies.js';

import { runWorker, type RunWorkerOptions } from '../worker/run-worker.js';
import { Target } from '../installation/target.js';
import { installTelemetry } from '../worker/telemetry.js';

/** How a worker of a benchmark is started: one JSON argument. */
export interface BenchWorkerInput {
  readonly target: Target;
  readonly paces: NonNullable<RunWorkerOptions['paces']>;
  /** How many Ansible runs at once; the product's own limit by default. */
  readonly ansibleRuns?: number;
}

const Input = z.object({
  target: Target,
  paces: z.custom<BenchWorkerInput['paces']>((value) => typeof value === 'object' && value !== null),
  ansibleRuns: z.number().optional(),
});

/** The product's worker on simulated systems, as a process of its own, so that its memory and processor time are its own. */
if (process.argv[2] === '--run') {
  const { target, paces, ansibleRuns } = Input.parse(JSON.parse(process.argv[3] ?? ''));
  installTelemetry({});
  await runWorker({
    ...target.temporal,
    dependencies: await simulatedDependencies(target),
    paces,
    ...(ansibleRuns === undefined ? {} : { ansibleRuns }),
  });
}
