import { readFile } from 'node:fs/promises';
import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Target } from '../../installation/target.js';
import { ansibleTaskQueue, taskQueue } from '../../workflows/contract/task-queues.js';
import { cleanEnvironment, logFile, startBackground, waitForBackground } from '../background.js';
import type { RehearsalFolder } from '../rehearsal-folder.js';

/** Starts the worker of a rehearsal unless it runs, and waits until it polls both task queues. */
export async function startWorker(
  folder: RehearsalFolder,
  target: Target,
  onLine: (line: string) => void,
): Promise<void> {
  const [file = '', ...args] = target.workerCommand ?? [];
  const { started } = await startBackground(folder, 'worker', { file, args, env: cleanEnvironment(folder) });
  const connection = await Connection.connect({ address: target.temporal.address });
  try {
    await waitForBackground(folder, 'worker', () => polls(connection, target.temporal.namespace));
  } finally {
    await connection.close();
  }
  onLine(`worker: ${started ? 'started' : 'runs'}, polls ${taskQueue} and ${ansibleTaskQueue}`);
  const metrics = await metricsLine(folder);
  if (metrics !== undefined) onLine(metrics);
}

/** The metrics address in the log of the newest worker; a worker of real hosts serves none. */
async function metricsLine(folder: RehearsalFolder): Promise<string | undefined> {
  const log = await readFile(logFile(folder, 'worker'), 'utf8').catch(() => '');
  return log.split('\n').findLast((line) => line.startsWith('worker: metrics at '));
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
