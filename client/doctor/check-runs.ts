import type { Client } from '@temporalio/client';
import { allWorkflowNames, ofWorkflow } from '../../model/names/workflow-names.js';
import { brokenAdvice } from '../../model/show/broken-run.js';
import { brokenRuns } from '../runs/broken-runs.js';
import type { Check } from './check.js';
import { explainError } from '../explain-error.js';

/**
 * Checks the newest 500 open runs. Returns one line for each run that cannot continue, because its workflow task fails.
 */
export async function checkRuns(client: Client): Promise<readonly Check[]> {
  try {
    const { looked, broken } = await brokenRuns(client, ofWorkflow(...allWorkflowNames));
    if (broken.length === 0)
      return [{ name: 'runs', state: 'ok', found: `${String(looked)} open, no workflow task fails` }];
    return broken.map((run) => ({
      name: 'run',
      state: 'missing',
      found: `its workflow task fails, ${String(run.attempts)} times so far: ${run.message}`,
      from: run.workflowId,
      advice: brokenAdvice(run),
    }));
  } catch (error) {
    return [{ name: 'runs', state: 'optional', found: `cannot look at them: ${explainError(error).message}` }];
  }
}
