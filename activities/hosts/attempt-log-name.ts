import { Context } from '@temporalio/activity';
import { runLogName } from '../../model/artifacts/run-log-name.js';

/** The name under which the log of the current attempt's Ansible run grows in the artifact store. */
export function attemptLogName(): string {
  const { workflowExecution, activityId, attempt } = Context.current().info;
  return runLogName({ runId: workflowExecution?.runId ?? 'no-run', activityId, attempt });
}
