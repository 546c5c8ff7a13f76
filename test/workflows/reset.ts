import type { SimulatedRehearsal } from './simulated-worker.js';

/** Resets the newest run of a workflow to the end of its first or last workflow task, as `temporal workflow reset` does. */
export async function reset(rehearsal: SimulatedRehearsal, workflowId: string, to: 'first' | 'last'): Promise<void> {
  const { runId } = await rehearsal.client.getHandle(workflowId).describe();
  const { events } = await rehearsal.client.getHandle(workflowId, runId).fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes != null);
  const eventId = (to === 'first' ? tasks[0] : tasks.at(-1))?.eventId;
  if (eventId == null) throw new Error(`${workflowId}: expected a completed workflow task, found none`);
  await rehearsal.client.workflowService.resetWorkflowExecution({
    namespace: rehearsal.env.namespace ?? 'default',
    workflowExecution: { workflowId, runId },
    workflowTaskFinishEventId: eventId,
    requestId: `reset-${workflowId}-${runId}`,
    reason: 'of the test',
  });
}
