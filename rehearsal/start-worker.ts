import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Target } from '../worker/target.js';
import { freePort } from '../worker/temporal-server/free-port.js';
import { ansibleTaskQueue, taskQueue } from '../workflows/contract.js';
import { cleanEnvironment, startBackground, waitForBackground } from './background.js';
import type { RehearsalFolder } from './rehearsal-folder.js';

/** Starts the worker of a rehearsal unless it runs, and waits until it polls both task queues. */
export async function startWorker(
  folder: RehearsalFolder,
  target: Target,
  onLine: (line: string) => void,
): Promise<void> {
  const [file = '', ...args] = target.workerCommand ?? [];
  const metrics = await metricsAddress(target);
  const env = { ...cleanEnvironment(folder), ...(metrics === undefined ? {} : { GROUNDSWELL_METRICS: metrics }) };
  const { started } = await startBackground(folder, 'worker', { file, args, env });
  const connection = await Connection.connect({ address: target.temporal.address });
  try {
    await waitForBackground(folder, 'worker', () => polls(connection, target.temporal.namespace));
  } finally {
    await connection.close();
  }
  onLine(`worker: ${started ? 'started' : 'runs'}, polls ${taskQueue} and ${ansibleTaskQueue}`);
  if (started && metrics !== undefined) onLine(`worker: metrics at http://${metrics}/metrics`);
}

/** A free port of this machine; none for a worker in a network namespace of its own, which nobody outside could ask. */
async function metricsAddress({ kind }: Target): Promise<string | undefined> {
  return kind === 'simulated' ? `127.0.0.1:${await freePort([9464])}` : undefined;
}

async function polls(connection: Connection, namespace: string): Promise<true | undefined> {
  const { TaskQueueType } = proto.temporal.api.enums.v1;
  const queues = [
    { name: taskQueue, type: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW },
    { name: taskQueue, type: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY },
    { name: ansibleTaskQueue, type: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY },
  ];
  for (const { name, type } of queues) {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name },
      taskQueueType: type,
    });
    // pollers are remembered for minutes: only one that was seen just now is alive
    const alive = pollers.some(({ lastAccessTime }) => Date.now() / 1000 - Number(lastAccessTime?.seconds ?? 0) < 65);
    if (!alive) return undefined;
  }
  return true;
}
