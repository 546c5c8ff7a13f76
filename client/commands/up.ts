import { resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { RolloutError } from '../../model/rollout-error.js';
import { span } from '../../model/show/line.js';
import { movedText } from '../../model/plan/moved-steps.js';
import { shortDigest } from '../../model/show/show-step.js';
import { showPlan } from '../../model/show/show-plan.js';
import type { FrontDoorStatus } from '../../model/status/status.js';
import {
  approveUpdate,
  frontDoorStatusQuery,
  stopSignal,
  taskQueue,
  type RollOutClusterInput,
  type RollOutClusterResult,
} from '../../workflows/contract.js';
import { ask } from '../ask.js';
import { queryStatus, requireWorker } from '../runs/ask-temporal.js';
import { createClusterView } from '../follow/cluster-view.js';
import { defaultBy } from '../config.js';
import { exitCodeOfResult, exitCodes } from '../exit-codes.js';
import { follow, type FollowEnd } from '../follow/follow.js';
import { outcomeLines } from '../follow/outcome.js';
import { readPlan } from '../read-plan.js';
import { ctrlC, endOfRun, type RunEnd } from '../runs/run-handle.js';
import { requireSpec, type Session } from '../session.js';
import { workflowId } from '../runs/workflow-id.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

interface UpOptions extends SharedOptions {
  readonly file?: string;
  readonly yes?: boolean;
  /** commander's form of `--no-wait`. */
  readonly wait: boolean;
  readonly supersede?: boolean;
  readonly by?: string;
  readonly confirm?: string;
  readonly takeOver?: string;
  readonly verify?: boolean;
}

/** `up`: rolls the cluster out: shows the plan, asks, follows. */
export function addUp(program: Command, run: CliRun): void {
  defineCommand(program, 'up', 'roll the cluster out: show the plan, ask, follow')
    .option('-f, --file <file>', 'spec; by default that of the worker')
    .option('-y, --yes', 'approve the plan that is shown, without asking')
    .option('--no-wait', 'do not wait for people: exit code 6 when only an answer can move it on')
    .option('--supersede', 'ask a run that holds the cluster to stop at its next safe point, instead of waiting for it')
    .option('--confirm <name>', 'name of a control plane that is gone: gives its cluster up for a new, empty one')
    .option('--take-over <lock>', 'takes the cluster from another Temporal that is gone for good: id of its lock')
    .option('--verify', 'verify the cluster also when nothing is to be changed')
    .option('--by <who>', 'who rolls out; by default user@host')
    .action((options: UpOptions) => perform(run, options, (session) => up(session, options)));
}

/** One roll-out that this command started. */
interface RollOut {
  readonly session: Session;
  readonly client: Client;
  readonly options: UpOptions;
  readonly by: string;
  readonly cluster: string;
  readonly id: string;
  readonly startedAtMs: number;
  readonly end: Promise<RunEnd<RollOutClusterResult>>;
}

async function up(session: Session, options: UpOptions): Promise<number> {
  const { output } = session;
  if (options.yes !== true && (!session.canAsk || options.json === true) && options.wait) {
    throw new RolloutError(
      'UsageInvalid',
      'up: nobody can be asked here, because this is not a terminal; add --yes to approve the plan, or --no-wait to leave it for `npx groundswell approve`',
    );
  }
  const { cluster } = await requireSpec(options.file ?? (await session.target()).spec);
  const client = await session.connect();
  await requireWorker(client);
  const rollOut = await start({ session, client, options, cluster });
  output.note(`roll-out: ${rollOut.id}`);

  const detached = ctrlC();
  const view = createClusterView(client, cluster);
  for (;;) {
    const end = await follow({
      output,
      cluster,
      detached,
      ended: rollOut.end.then(() => undefined),
      leaveForApproval: true,
      leaveWhenParked: !options.wait,
      look: async () => {
        const door = await queryStatus(client, { workflowId: rollOut.id }, frontDoorStatusQuery);
        const seen = door === undefined ? {} : { door };
        const waits = door?.phase === 'waiting for the cluster';
        const apply = waits || door?.phase === 'applying' ? await view.takeApply() : undefined;
        if (apply === undefined) return seen;
        return { ...seen, ...(waits ? { holder: apply } : { apply }) };
      },
    });
    const exitCode = end.reason === 'approval' ? await answer(rollOut, end.door) : await leave(rollOut, end);
    if (exitCode !== undefined) return exitCode;
  }
}

async function start(given: Pick<RollOut, 'session' | 'client' | 'options' | 'cluster'>): Promise<RollOut> {
  const { client, options, cluster } = given;
  const by = options.by ?? defaultBy();
  const id = workflowId('roll-out', cluster);
  const input: RollOutClusterInput = {
    by,
    ...(options.file === undefined ? {} : { spec: resolve(options.file) }),
    ...(options.supersede === true ? { supersede: true } : {}),
    ...(options.verify === true ? { verify: true } : {}),
    ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
    ...(options.takeOver === undefined ? {} : { takeOver: options.takeOver }),
  };
  const handle = await client.workflow.start<(input: RollOutClusterInput) => Promise<RollOutClusterResult>>(
    'rollOutCluster',
    { workflowId: id, taskQueue, args: [input], staticSummary: `roll-out of ${cluster} by ${by}` },
  );
  const end = endOfRun<RollOutClusterResult>(client, { workflowId: id, runId: handle.firstExecutionRunId });
  return { ...given, by, id, startedAtMs: Date.now(), end };
}

/** Shows the plan that waits, and approves exactly that one. Returns an exit code when this command is over. */
async function answer(rollOut: RollOut, door: FrontDoorStatus): Promise<number | undefined> {
  const { session, client, options, by, id } = rollOut;
  const { output } = session;
  const digest = door.planDigest ?? '';
  const plan = await readPlan(
    { target: await session.target(), client },
    { cluster: rollOut.cluster, digest, artifact: door.planArtifact ?? '' },
  );
  if (door.moved !== undefined) output.progress(`planned again: ${movedText(door.moved)}`);
  for (const line of ['', ...showPlan(plan).split('\n'), '']) output.progress(line);

  if (options.yes !== true && !options.wait) {
    output.progress([span(`it waits for approval: npx groundswell approve ${shortDigest(digest)}`, 'strong')]);
    output.json({ id, cluster: rollOut.cluster, phase: door.phase, planDigest: digest, changes: door.changes });
    return exitCodes.parked;
  }
  const approved = options.yes === true ? true : await ask(`Roll this out on ${rollOut.cluster}?`);
  const handle = client.workflow.getHandle(id);
  if (approved === undefined) {
    output.line(
      `detached: it waits for approval; npx groundswell approve ${shortDigest(digest)}, or npx groundswell stop`,
    );
    return exitCodes.detached;
  }
  if (!approved) {
    await handle.signal(stopSignal, { by, reason: 'the plan was not approved' });
    output.line('not approved; nothing was changed');
    return exitCodes.stopped;
  }
  await handle.executeUpdate(approveUpdate, { args: [{ digest, by }] });
  return undefined;
}

async function leave(rollOut: RollOut, { reason }: FollowEnd): Promise<number> {
  const { session, id, cluster } = rollOut;
  const { output } = session;
  if (reason === 'detached') {
    output.progress('detached: the roll-out goes on; npx groundswell watch shows it again');
    output.json({ id, cluster, detached: true });
    return exitCodes.detached;
  }
  if (reason === 'parked') {
    output.progress('it waits for a person; npx groundswell status shows what for');
    output.json({ id, cluster, parked: true });
    return exitCodes.parked;
  }
  const end = await rollOut.end;
  if (!end.ok) throw end.error;
  output.json({ id, ...end.result });
  for (const line of outcomeLines(end.result, Date.now() - rollOut.startedAtMs)) output.progress(line);
  return exitCodeOfResult(end.result);
}
