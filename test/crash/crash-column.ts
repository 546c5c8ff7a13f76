import { Client, isGrpcServiceError, ServiceError, type Connection } from '@temporalio/client';
import { createActivities } from '../../activities/index.js';
import { valueAt } from '../../model/json/json-value.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { OutsideCall, Passage } from '../../rehearsal/simulated/serve-systems.js';
import { simulatedDependencies } from '../../rehearsal/simulated/simulated-dependencies.js';
import { applyStatusQuery, resolveUpdate } from '../../workflows/contract/message-definitions.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { remainsOf } from './column-remains.js';
import { createDirector, type Column, type Strike } from './director.js';
import { serveDirector } from './director-server.js';
import { endStateOf, netEffects, type EndState } from './end-state.js';
import { holdsWhileMoving, settledWhileMoving, type Progress } from './patience.js';
import { kill, threeNodes, type ThreeNodes } from './three-nodes.js';

export interface ColumnRun {
  readonly address: string;
  /** A namespace of its own. */
  readonly namespace: string;
  readonly connection: Connection;
  /** Without one nothing is struck. */
  readonly column?: Column;
}

export interface ColumnResult {
  /** Every activity type that a worker knows. */
  readonly activities: readonly string[];
  readonly strikes: ReadonlyMap<string, Strike>;
  readonly state: EndState;
  readonly effects: ReadonlyMap<string, number>;
  /** What is wrong with the roll-out as a whole. */
  readonly problems: readonly string[];
}

/** Its preparation fails until somebody answers that its host be replaced, which is how hosts come to be fenced. */
export const replacedNode = 'k8s-api-auth';

/**
 * Rolls three nodes out, in a namespace, outside and worker process of its own, and strikes every activity type once on
 * the way. A second front door waits for the lock meanwhile, one host is replaced, and certificates are renewed by the second,
 * because some activities only happen then.
 */
export async function runColumn(run: ColumnRun): Promise<ColumnResult> {
  const nodes = await threeNodes({ ...run, certificateDays: 20 });
  let pid = 0;
  const director = createDirector({
    column: run.column,
    mayStrike: ({ activity, workflowId }) => activity === 'fenceNode' || !workflowId.endsWith(`/${replacedNode}`),
    kill() {
      kill(pid);
      director.workerEnded();
      // a worker that dies with the test needs no successor
      void start().catch(() => undefined);
    },
  });
  // for as long as it is the first host: a number of failures could be used up by attempts whose worker dies
  const passage: Passage = (call, perform) =>
    director.passage(call, () => (isHopeless(call, nodes) ? Promise.reject(hopeless) : perform()));
  const urls = { outside: await nodes.serve(passage), director: await serveDirector(director) };
  const start = async (): Promise<void> => {
    pid = await nodes.startWorker(urls);
  };
  await start();

  const client = new Client({ connection: run.connection, namespace: run.namespace });
  const problems = [
    ...(await rollOut(client, nodes.cluster, () => director.moves())),
    ...(await remainsOf(director, client)),
  ];
  kill(pid);
  const activities = Object.keys(createActivities(await simulatedDependencies(nodes.target, nodes.systems)));
  const { strikes } = director;
  return { activities, strikes, state: endStateOf(nodes.world), effects: netEffects(nodes.ledger), problems };
}

const hopeless = new RolloutError('AnsibleTaskFailed', `${replacedNode}: prepare fails on its first host`);

/** Whether a call prepares the host that is to be replaced, and it was not yet. */
function isHopeless({ system, args: [run] }: OutsideCall, { ledger }: ThreeNodes): boolean {
  if (system !== 'ansible' || valueAt(run, 'playbook') !== 'prepare') return false;
  if (valueAt(run, 'host', 'node') !== replacedNode) return false;
  return !ledger.some(({ effect, node }) => effect === 'TerminateInstances' && node === replacedNode);
}

/**
 * Two front doors, one after the other has the lock, a third that finds nothing to do, and a reader of logs; what any says else. The
 * certificates of the first one's kubeadm init live for 20 days, so the second one renews them.
 */
async function rollOut({ workflow }: Client, cluster: string, moves: Progress): Promise<readonly string[]> {
  const start = (workflowId: string) =>
    workflow.start('rollOutCluster', { taskQueue, workflowId, args: [{ approve: true }] });
  const first = await start('first');
  const lock = workflow.getHandle(applyWorkflowId(cluster));
  const taken = () => lock.describe().then(yes, no);
  if (!(await holdsWhileMoving(moves, taken))) return ['nobody took the lock, and nothing moves any more'];
  const second = await start('second');
  const read = await workflow.start('readArtifact', { taskQueue, workflowId: 'read', args: [{ growingLog: 'none' }] });
  const parked = () => lock.query(applyStatusQuery).then(({ parked: [first] }) => first?.step !== undefined, no);
  if (!(await holdsWhileMoving(moves, parked))) return [`${replacedNode} did not park, and nothing moves any more`];
  const answer = { step: `node/${replacedNode}/prepared`, action: 'replace', reason: 'it cannot be prepared' } as const;
  const answered = () =>
    lock
      .executeUpdate(resolveUpdate, { updateId: 'replace', args: [{ ...answer, by: 'test' }] })
      .then(yes, noneWhileLate);
  if (!(await holdsWhileMoving(moves, answered))) return ['nobody takes the answer, and nothing moves any more'];
  const outcomeOf = (handle: Pick<typeof first, 'result'>): Promise<string> =>
    settledWhileMoving(moves, handle.result()).then(
      (result: unknown) => JSON.stringify(result),
      (error: unknown) => String(error),
    );
  const outcomes = [
    ...(await Promise.all([first, second, read].map(outcomeOf))),
    await outcomeOf(await start('third')),
  ];
  return ['"outcome":"done"', '"outcome":"done"', '"parts":0', '"outcome":"nothing to do"'].flatMap(
    (expected, index) =>
      outcomes[index]?.includes(expected) === true ? [] : [`expected ${expected}, found ${outcomes[index] ?? ''}`],
  );
}

/** After workflow tasks that took too long, on a machine with too much to do, the server takes no update for a while. */
function noneWhileLate(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : undefined;
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-comparison -- gRPC status codes are numbers
  if (isGrpcServiceError(cause) && cause.code === failedPrecondition) return false;
  throw error;
}

/** Of gRPC. */
const failedPrecondition = 9;

const yes = (): boolean => true;
const no = (): boolean => false;
