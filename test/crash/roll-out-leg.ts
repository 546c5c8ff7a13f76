import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import { valueAt } from '../../model/json/json-value.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { OutsideCall } from '../../rehearsal/simulated/serve-systems.js';
import { applyStatusQuery, resolveUpdate } from '../../workflows/contract/message-definitions.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { outcomeOf, startRun, unexpected, type LegRun } from './leg.js';
import { holdsWhileMoving } from './patience.js';
import type { ThreeNodes } from './three-nodes.js';

/** Its preparation fails until somebody answers that its host be replaced, which is one way how hosts come to be fenced. */
export const replacedNode = 'k8s-api-auth';

/** What the preparation of its first host fails with. */
export const hopeless = new RolloutError('AnsibleTaskFailed', `${replacedNode}: prepare fails on its first host`);

/** Whether a call prepares the host that is to be replaced, and it was not yet. */
export function isHopeless({ system, args: [run] }: OutsideCall, { ledger }: Pick<ThreeNodes, 'ledger'>): boolean {
  if (system !== 'ansible' || valueAt(run, 'playbook') !== 'prepare') return false;
  if (valueAt(run, 'host', 'node') !== replacedNode) return false;
  return !ledger.some(({ effect, node }) => effect === 'TerminateInstances' && node === replacedNode);
}

/**
 * Two front doors, one after the other has the lock, a third that finds nothing to do, and a reader of logs; what any says else. The
 * certificates of the first one's kubeadm init live for 20 days, so the second one renews them.
 */
export async function rollOutLeg(run: LegRun): Promise<readonly string[]> {
  const { workflow } = run.client;
  const first = await startRun(run, 'first');
  const lock = workflow.getHandle(applyWorkflowId(run.nodes.cluster));
  const taken = () => lock.describe().then(yes, no);
  if (!(await holdsWhileMoving(run.moves, taken))) return ['nobody took the lock, and nothing moves any more'];
  const second = await startRun(run, 'second');
  const read = await workflow.start('readArtifact', { taskQueue, workflowId: 'read', args: [{ growingLog: 'none' }] });
  const parked = () => lock.query(applyStatusQuery).then(({ parked: [first] }) => first?.step !== undefined, no);
  if (!(await holdsWhileMoving(run.moves, parked))) return [`${replacedNode} did not park, and nothing moves any more`];
  const answer = { step: `node/${replacedNode}/prepared`, action: 'replace', reason: 'it cannot be prepared' } as const;
  const answered = () =>
    lock
      .executeUpdate(resolveUpdate, { updateId: 'replace', args: [{ ...answer, by: 'test' }] })
      .then(yes, noneWhileLate);
  if (!(await holdsWhileMoving(run.moves, answered))) return ['nobody takes the answer, and nothing moves any more'];
  const outcomes = [
    ...(await Promise.all([first, second, read].map((handle) => outcomeOf(run, handle)))),
    await outcomeOf(run, await startRun(run, 'third')),
  ];
  return unexpected(['"outcome":"done"', '"outcome":"done"', '"parts":0', '"outcome":"nothing to do"'], outcomes);
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
