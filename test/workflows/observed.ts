import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import { readDeployments, readNodes } from '../../observer/cluster.js';
import { childrenOf, type HistoryEvent } from '../../observer/history.js';
import { judgeApplied, judgeChildren, judgeDeployments, judgeLedger, judgeNodes } from '../../observer/judge.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { expectedNodes } from '../expected-nodes.js';
import type { SimulatedRehearsal } from './simulated-worker.js';

const Events = z.object({
  events: z.array(z.looseObject({ eventType: z.string(), eventTime: z.string() })),
});

/** The history of the newest run of a workflow, as `temporal workflow show -o json` prints it. */
export async function historyOf(
  { client }: Pick<SimulatedRehearsal, 'client'>,
  workflowId: string,
  runId?: string,
): Promise<readonly HistoryEvent[]> {
  const history = await client.getHandle(workflowId, runId).fetchHistory();
  return Events.parse(JSON.parse(historyToJSON(history))).events;
}

/** How many events of a type a history has. */
export function count(history: readonly HistoryEvent[], eventType: string): number {
  return history.filter((event) => event.eventType === `EVENT_TYPE_${eventType}`).length;
}

/** Everything that the independent judge finds wrong with a finished roll-out of the 14 nodes. */
export async function whatIsWrong(rehearsal: SimulatedRehearsal): Promise<readonly string[]> {
  const access = { url: `${rehearsal.outsideUrl}/kubectl` };
  const ledger = rehearsal.effects().map((effect) => ({ time: '', node: undefined, ...effect }));
  const deployments = await readDeployments(access);
  const lock = await historyOf(rehearsal, applyWorkflowId(rehearsal.cluster));
  return [
    ...judgeNodes(expectedNodes, await readNodes(access)),
    ...judgeLedger(expectedNodes, ledger),
    ...judgeDeployments(deployments),
    ...judgeApplied(deployments, ledger),
    ...judgeChildren(expectedNodes, childrenOf(lock)),
  ].flatMap(({ good, sentence }) => (good ? [] : [sentence]));
}

/** Keys of the Deployments of the units that exist, in the order in which they were first applied. */
export function deploymentsInOrder(rehearsal: SimulatedRehearsal): readonly string[] {
  const keys = rehearsal.effects('apply').flatMap(({ key }) => /^apps\/v1\/Deployment\/(.*)$/.exec(key)?.[1] ?? []);
  return [...new Set(keys)].filter((key) => !key.startsWith('kube-'));
}
