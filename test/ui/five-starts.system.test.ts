import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { judgeLedger } from '../../observer/judge.js';
import { expectedNodes } from '../expected-nodes.js';
import { until } from '../workflows/simulated-worker.js';
import { simulatedRehearsal, type SimulatedRehearsal } from './simulated-rehearsal.js';

const Execution = z.object({
  status: z.string(),
  result: z.object({ outcome: z.string(), changes: z.number() }),
});
const Listed = z.array(z.object({ execution: z.object({ workflowId: z.string(), runId: z.string() }) }));
const Status = z.object({ queryResult: z.array(z.object({ phase: z.string(), planDigest: z.string().optional() })) });
const Shown = z.object({ events: z.array(z.looseObject({ eventType: z.string() })) });

const frontDoors = 'WorkflowType = "rollOutCluster"';
const waitMs = 240_000;

let rehearsal: SimulatedRehearsal;
afterEach(() => rehearsal.end());

/** Without an id, as people type it. Ends with the run. */
async function execute(input: string) {
  const execution = await rehearsal.temporal(
    ...['workflow', 'execute', '--type', 'rollOutCluster', '--task-queue', 'groundswell', '--input', input],
  );
  const { status, result } = Execution.parse(execution);
  return `${status}: ${result.outcome}${result.changes === 0 ? ', 0 changes' : ''}`;
}

async function list(query: string) {
  const found = Listed.parse(await rehearsal.temporal('workflow', 'list', '--query', query));
  return found.map(({ execution }) => execution.workflowId);
}

async function statusOf(workflowId: string) {
  return rehearsal.temporal('workflow', 'query', '--workflow-id', workflowId, '--name', 'status').then(
    (answer) => Status.parse(answer).queryResult[0],
    () => undefined, // its worker has not begun it yet
  );
}

async function eventTypes(workflowId: string) {
  const shown = await rehearsal.temporal('workflow', 'show', '--workflow-id', workflowId);
  return Shown.parse(shown).events.map(({ eventType }) => eventType);
}

async function wrongInLedger(): Promise<readonly string[]> {
  return judgeLedger(expectedNodes, await rehearsal.ledger()).flatMap(({ good, sentence }) => (good ? [] : [sentence]));
}

const fourIdle = Array.from({ length: 4 }, () => 'COMPLETED: nothing to do, 0 changes');

describe('five starts at once by the temporal CLI, without ids', () => {
  it('and one `up` make one cluster: one run does it, the others end with 0 changes', async () => {
    rehearsal = await simulatedRehearsal('five-starts');

    const [up, ...executions] = await Promise.all([
      rehearsal.groundswell('up', '--yes'),
      ...Array.from({ length: 5 }, () => execute('{"approve":true}')),
    ]);

    expect(up.exitCode, up.stderr).toBe(0);
    const idle = executions.filter((execution) => execution === fourIdle[0]);
    const done = executions.filter((execution) => execution === 'COMPLETED: done');
    expect(idle.length + done.length).toBe(5);
    // of the six runs one did it: one of these, or that of `up`
    expect(done.length + (up.stdout.includes('0 changes') ? 0 : 1), up.stdout).toBe(1);
    expect(await list('WorkflowType = "applyPlan"')).toHaveLength(1);
    expect(await list(`${frontDoors} AND ExecutionStatus = "Completed"`)).toHaveLength(6);
    expect(await list('ExecutionStatus = "Running"')).toEqual([]);
    expect(await wrongInLedger()).toEqual([]);
  });

  it('with {} wait for approval and hold nothing; after one was approved and done, the others have 0 changes', async () => {
    rehearsal = await simulatedRehearsal('five-waiting');
    const executions = Array.from({ length: 5 }, () => execute('{}'));
    const phases = async () => {
      const doors = await list(`${frontDoors} AND ExecutionStatus = "Running"`);
      return Promise.all(doors.map(async (id) => (await statusOf(id))?.phase));
    };
    await until(async () => (await phases()).filter((phase) => phase === 'waiting for approval').length === 5, waitMs);
    expect(await list('WorkflowType = "applyPlan"')).toEqual([]);
    expect(await rehearsal.ledger().catch(() => [])).toEqual([]);

    const [first = '', ...others] = await list(frontDoors);
    const digest = (await statusOf(first))?.planDigest ?? '';
    const approve = (workflowId: string) =>
      rehearsal.temporal(
        ...['workflow', 'update', 'execute', '--workflow-id', workflowId, '--name', 'approve'],
        ...['--input', JSON.stringify({ digest, by: 'kim' })],
      );
    await approve(first);
    await Promise.race(executions);
    const before = (await rehearsal.ledger()).length;
    for (const id of others) await approve(id);

    expect((await Promise.all(executions)).toSorted()).toEqual(['COMPLETED: done', ...fourIdle]);
    expect(await list('WorkflowType = "applyPlan"')).toHaveLength(1);
    for (const id of others)
      expect(await eventTypes(id)).not.toContain('EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED');
    expect(await rehearsal.ledger()).toHaveLength(before);
    expect(await wrongInLedger()).toEqual([]);
  });
});
