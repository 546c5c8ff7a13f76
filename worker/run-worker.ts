import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  NativeConnection,
  Runtime,
  Worker,
  type ActivityInterceptorsFactory,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { RolloutError } from '../model/rollout-error.js';
import { ansibleTaskQueue, taskQueue } from '../workflows/contract/task-queues.js';
import { createActivities, type ActivityPaces } from '../activities/index.js';
import type { Dependencies } from './dependencies.js';
import { failureInterceptor } from './failure-interceptor.js';
import { observeActivity } from './observe-activity.js';
import { gaugeDrift } from './drift-gauges.js';
import { gaugeParkedSteps } from './parked-steps-gauge.js';
import { refusedAdvice, replayOpenRuns, type RefusedRun } from './replay-open-runs.js';
import { tellWrongSecret } from './tell-wrong-secret.js';
import type { TemporalConnection } from '../installation/temporal-profile.js';

export interface RunWorkerOptions extends TemporalConnection {
  readonly dependencies: Dependencies;
  /** Pauses between looks; each group of activities has its own default. */
  readonly paces?: ActivityPaces;
  /** A ready bundle of `workflows/`. Default: this function makes one. */
  readonly workflowBundle?: WorkflowBundleOption;
  /** Whether the process serves metrics, so that the worker must query their values. Default: no. */
  readonly metrics?: boolean;
  /** How many Ansible runs at the same time. Default: two per core, because the processor limits each run. */
  readonly ansibleRuns?: number;
  /** Ends the worker when it settles. Default: SIGINT or SIGTERM ends the worker. */
  readonly until?: Promise<unknown>;
  /** Called before the worker polls, for each open run that it cannot replay. Default: logs a warning. */
  readonly onRefusedRun?: (run: RefusedRun) => void;
  /** Called as soon as the worker polls. */
  readonly onReady?: () => void;
  /** For tests: further activity interceptors, outside of ours, and shorter waits than the SDK's own. */
  readonly tuning?: WorkerTuning;
}

export interface WorkerTuning extends Pick<
  WorkerOptions,
  'maxHeartbeatThrottleInterval' | 'stickyQueueScheduleToStartTimeout'
> {
  readonly activityInterceptors?: readonly ActivityInterceptorsFactory[];
}

/** Path of the workflows, with the extension of the running file, so that both sources and `dist/` work. */
export const workflowsPath = fileURLToPath(
  new URL(`../workflows/index${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

/**
 * Runs a worker on both task queues until it must end. Its shutdown neither stops nor aborts a run: after a short
 * grace, it cancels running activities, which continue elsewhere, or here after the next start.
 * Fails with `TemporalUnreachable` when the server does not answer, or refuses.
 */
export async function runWorker(options: RunWorkerOptions): Promise<void> {
  const connection = await connect(options);
  const gauges = options.metrics === true ? [gaugeParkedSteps, gaugeDrift] : [];
  const looking = gauges.map((gauge) => gauge(connection, options.namespace));
  try {
    const { activityInterceptors = [], ...waits } = options.tuning ?? {};
    const shared = {
      ...waits,
      connection,
      namespace: options.namespace,
      activities: createActivities(options.dependencies, options.paces),
      interceptors: {
        activity: [...activityInterceptors, observeActivity, failureInterceptor, tellWrongSecret(options.dependencies)],
      },
      shutdownGraceTime: '2 seconds',
      shutdownForceTime: '15 seconds',
    } satisfies Partial<WorkerOptions>;
    const workflowBundle = options.workflowBundle ?? (await bundle());
    const { namespace, onRefusedRun = warn } = options;
    for (const run of await replayOpenRuns({ connection, namespace, workflowBundle })) onRefusedRun(run);
    const workers = await Promise.all([
      Worker.create({
        ...shared,
        workflowBundle,
        taskQueue,
        maxCachedWorkflows: 200,
        maxConcurrentActivityTaskExecutions: 100,
      }),
      // the processor limits each Ansible run: more than two per core only slows all of them down
      Worker.create({
        ...shared,
        taskQueue: ansibleTaskQueue,
        maxConcurrentActivityTaskExecutions: options.ansibleRuns ?? 2 * cpus().length,
      }),
    ]);
    const runs = workers.map((worker) => (options.until === undefined ? worker.run() : worker.runUntil(options.until)));
    options.onReady?.();
    await Promise.all(runs);
  } finally {
    await Promise.all(looking.map((gauge) => gauge.end()));
    await connection.close();
  }
}

async function connect({ address, tls, apiKey, metadata }: TemporalConnection): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect({
      address,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
    });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new RolloutError('TemporalUnreachable', `Temporal at ${address}: ${said}`, { cause });
  }
}

/** Makes the bundle. Its messages go into the one log. */
function bundle(): Promise<WorkflowBundleOption> {
  return bundleWorkflowCode({ workflowsPath, logger: Runtime.instance().logger });
}

function warn(run: RefusedRun): void {
  Runtime.instance().logger.warn('this build cannot replay an open run', { ...run, advice: refusedAdvice(run) });
}
