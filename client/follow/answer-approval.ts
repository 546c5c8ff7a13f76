import { span } from '../../model/show/line.js';
import { movedText } from '../../model/plan/moved-steps.js';
import { showPlan } from '../../model/show/show-plan.js';
import { shortDigest } from '../../model/show/show-step.js';
import type { FrontDoorStatus } from '../../model/status/status.js';
import { approveUpdate, stopSignal } from '../../workflows/contract/messages.js';
import { exitCodes } from '../exit-codes.js';
import { readPlan } from '../read-plan.js';
import { noteSilence } from '../runs/note-silence.js';
import type { StartedRun } from './run-at-terminal.js';

/** Shows the plan that waits, and approves exactly that plan. Returns an exit code when this command is over. */
export async function answerApproval(run: StartedRun, door: FrontDoorStatus): Promise<number | undefined> {
  const { session, client, by, id, cluster, yes, wait, question } = run;
  const { output } = session;
  const digest = door.planDigest ?? '';
  const source = { target: await session.target(), client };
  const plan = await readPlan(source, { cluster, digest, artifact: door.planArtifact ?? '' });
  if (door.moved !== undefined) output.progress(`planned again: ${movedText(door.moved)}`);
  for (const line of ['', ...showPlan(plan).split('\n'), '']) output.progress(line);

  const command = `npx groundswell approve ${shortDigest(digest)}`;
  if (!yes && !wait) {
    output.progress([span(`the plan waits for approval: ${command}`, 'strong')]);
    output.json({ id, cluster, phase: door.phase, planDigest: digest, changes: door.changes });
    return exitCodes.parked;
  }
  const approved = yes ? true : await session.ask(question);
  const handle = client.workflow.getHandle(id);
  if (approved === undefined) {
    output.line(`detached: the plan waits for approval; ${command}, or npx groundswell stop ${id} --reason "…"`);
    return exitCodes.detached;
  }
  if (!approved) {
    await handle.signal(stopSignal, { by, reason: 'the plan was not approved' });
    output.line('not approved; nothing has changed');
    return exitCodes.stopped;
  }
  const answer = handle.executeUpdate(approveUpdate, { args: [{ digest, by }] });
  await noteSilence(output, answer, 'the approval counts as soon as one polls → npx groundswell worker');
  return undefined;
}
