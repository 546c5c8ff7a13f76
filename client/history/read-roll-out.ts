import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { frontDoorNames, workflowNames } from '../../model/names/workflow-names.js';
import type { RollOutFacts } from '../../model/report/run-facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import { describeRun, type RunName } from '../runs/describe-run.js';
import { readRunFacts, type ReadRun } from './read-run-facts.js';

/** How many histories are read at the same time. */
const atOnce = 8;

/**
 * Reads the histories of a roll-out: of its run, of the children, and of the front door that started it. The run is the
 * named one, or the last holder of the lock; a front door stands for the run that it started. Asks only the server and
 * needs no worker.
 * Fails with `NothingRuns` when there is no such run, and with `InputInvalid` when the run is no roll-out.
 */
export async function readRollOut(client: Client, run: RunName): Promise<RollOutFacts> {
  const lock = await readLock(client, run);
  const children: ReadRun[] = [];
  const left = [...lock.children];
  const readOn = async (): Promise<void> => {
    for (let child = left.shift(); child !== undefined; child = left.shift()) {
      const read = await readUnlessGone(client, child);
      if (read !== undefined) children.push(read);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, readOn));
  const order = lock.children.map(({ runId }) => runId);
  children.sort((a, b) => order.indexOf(a.facts.runId) - order.indexOf(b.facts.runId));
  const frontDoor = lock.parent === undefined ? undefined : await readUnlessGone(client, lock.parent);
  return {
    lock: lock.facts,
    children: children.map(({ facts }) => facts),
    ...(frontDoor === undefined ? {} : { frontDoor: frontDoor.facts }),
    readAtMs: Date.now(),
  };
}

async function readLock(client: Client, { workflowId, runId }: RunName): Promise<ReadRun> {
  const described = await describeRun(client, { workflowId, ...(runId === undefined ? {} : { runId }) });
  const run = runId === undefined ? '' : ` run ${runId}`;
  if (described === undefined) {
    throw new RolloutError('NothingRuns', `workflow ${workflowId}${run}: the Temporal server knows no such run`);
  }
  const read = await readRunFacts(client, { workflowId, runId: described.runId });
  if (read.type === workflowNames.applyPlan) return read;
  if (!frontDoorNames.some((name) => name === read.type)) {
    throw new RolloutError('InputInvalid', `workflow ${workflowId}: expected a roll-out, found ${read.type}`);
  }
  const lock = read.children.at(-1);
  if (lock === undefined) {
    throw new RolloutError(
      'NothingRuns',
      `workflow ${workflowId}: the run applied no plan, so there is nothing to report`,
    );
  }
  return readRunFacts(client, lock);
}

/**
 * Reads a run that may be gone: the server forgets ended runs after a time, and a child may end long before its parent.
 */
async function readUnlessGone(client: Client, run: Required<RunName>): Promise<ReadRun | undefined> {
  try {
    return await readRunFacts(client, run);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
