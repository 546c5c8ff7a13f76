import { InvalidArgumentError, type Command } from 'commander';
import { nodeStep } from '../../model/steps.js';
import { parseNodeOrStep } from '../../model/names/parse-step.js';
import { ansibleParts, type NumberedRun } from '../../model/artifacts/ansible-run.js';
import { previewOfEnd } from '../../model/show/preview.js';
import { RolloutError } from '../../model/rollout-error.js';
import { runHeading, showRuns } from '../../model/show/show-runs.js';
import { ansibleRunsOf, logOf, nodesOnRecord } from '../history/ansible-runs.js';
import { exitCodes } from '../exit-codes.js';
import { clusterName } from '../read-spec.js';
import { showUnitLogs, unitOf } from '../unit-logs.js';
import type { Session } from '../session.js';
import { defineCommand, perform } from '../cli/define-command.js';
import type { ClusterOptions, CliRun } from '../cli/define-command.js';

interface LogsOptions extends ClusterOptions {
  readonly run?: number;
  readonly all?: boolean;
  readonly whole?: boolean;
  readonly tail: number;
}

/** How many characters of a log `logs` shows without `--whole`: the end of the log, which has the reason. */
const longestLog = 32_000;

/**
 * `logs <step>`: for a step of a node, shows its Ansible runs and the log of the last run. For a unit, shows its events
 * and the last lines of its pods. Ends with exit code 1 when there is none.
 */
export function addLogs(program: Command, run: CliRun): void {
  defineCommand(program, 'logs')
    .argument(
      '<step>',
      'a step (node/k8s-redis/join), a node (node/k8s-redis), or a unit (wave/2/api-location or api-location)',
    )
    .option('--run <number>', 'show the run with this number in the list', wholeNumber)
    .option('--all', 'show every run of the list')
    .option('--whole', `show whole logs, not only their last ${longestLog} characters`)
    .option('--tail <lines>', 'for a unit: how many last lines of each container to show', wholeNumber, 20)
    .option('--cluster <name>', 'name of the cluster; default: the cluster of the spec')
    .action((step: string, options: LogsOptions) => perform(run, options, (session) => logs(session, step, options)));
}

async function logs(session: Session, step: string, options: LogsOptions): Promise<number> {
  const { output } = session;
  const unit = unitOf(step);
  if (unit !== undefined) return showUnitLogs(session, unit, { cluster: options.cluster, tail: options.tail });
  const node = nodeOf(step);
  const cluster = await clusterName(session, options.cluster);
  const client = await session.connect();
  const ofNode = await ansibleRunsOf(client, cluster, node);
  const runs = ofNode
    .filter((run) => run.step === step || run.step.startsWith(`${step}/`))
    .map((run, index): NumberedRun => ({ ...run, number: index + 1 }));
  if (runs.length === 0) {
    const known = countSteps(ofNode.map((run) => run.step)) ?? (await knownNodes(nodesOnRecord(client, cluster)));
    output.json({ cluster, step, runs: [] });
    output.line(`${step}: the server has no Ansible run of it in cluster ${cluster}; ${known}`);
    return exitCodes.failed;
  }
  const shown = await Promise.all(chosen(runs, options).map((run) => readLog(session, run, options)));
  const texts = new Map(shown.map(({ run, text }) => [run.number, text]));
  output.json({
    cluster,
    step,
    runs: runs.map((run) => (texts.has(run.number) ? { ...run, text: texts.get(run.number) } : run)),
  });
  for (const line of showRuns(runs, Date.now())) output.note(line);
  for (const { run, text } of shown) {
    if (shown.length > 1) output.line(runHeading(run));
    output.text(text.endsWith('\n') ? text : `${text}\n`);
  }
  return exitCodes.done;
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

/** The node of a step. Fails with `UsageInvalid` for steps that run no Ansible. */
function nodeOf(step: string): string {
  const { node, part } = parseNodeOrStep(step) ?? {};
  if (node !== undefined && (part === undefined || ansibleParts.includes(part))) return node;
  const known = ansibleParts.map((name) => nodeStep('<node>', name)).join(', ');
  throw new RolloutError(
    'UsageInvalid',
    `logs: ${step} has no log; expected ${known}, node/<node>, wave/<number>/<unit> or <unit>`,
  );
}

function chosen(runs: readonly NumberedRun[], { run: wanted, all }: LogsOptions): readonly NumberedRun[] {
  if (all === true) return runs;
  if (wanted === undefined) {
    // a run without any log says less than the run before it
    const last = runs.findLast(({ state, log }) => state !== 'waiting' && (state !== 'done' || log !== undefined));
    return [last ?? runs.at(-1)].flatMap((run) => run ?? []);
  }
  const found = runs.filter(({ number }) => number === wanted);
  if (found.length > 0) return found;
  throw new RolloutError(
    'UsageInvalid',
    `logs: there is no run ${wanted}; the list has ${runs.length}, numbered from 1`,
  );
}

/** Returns the log of a run, cut to a size, or a sentence that says why there is none. */
async function readLog(session: Session, run: NumberedRun, { whole }: LogsOptions) {
  const target = await session.target();
  const source = { target, client: await session.connect() };
  const text = await logOf(source, run).catch((error: unknown) => {
    if (error instanceof RolloutError && isAway(error)) return `${error.message}; ${elsewhere(run)}`;
    throw error;
  });
  if (text === undefined) return { run, text: noLog(run, target.artifacts) };
  return { run, text: whole === true ? text : previewOfEnd(text, { longest: longestLog, whole: wholeOf(run) }) };
}

/** Whether a failure means that the log is in another place, or with a worker that is away. */
function isAway({ type }: RolloutError): boolean {
  return type === 'ArtifactMissing' || type === 'WorkerUnreachable';
}

function wholeOf({ log, logName }: NumberedRun): string {
  return `--whole, or ${log ?? `logs/${logName}.log`} in the artifact store`;
}

function noLog(run: NumberedRun, place: string): string {
  if (run.state === 'waiting') return 'the step waits for a worker; Ansible has not run yet';
  if (run.state === 'done') return 'no playbook ran, or the artifact store refused the log';
  return `no log of it is in ${place}, nor has the worker one: it had not begun to run a playbook, or ${elsewhere(run)}`;
}

function elsewhere({ worker }: NumberedRun): string {
  const [, host] = worker?.split('@') ?? [];
  const where = host === undefined ? 'the machine of its worker' : `${host} (worker ${worker ?? ''})`;
  return `the log is on ${where}; run this command there, or give all workers one bucket (GROUNDSWELL_ARTIFACTS)`;
}

function countSteps(steps: readonly string[]): string | undefined {
  if (steps.length === 0) return undefined;
  const counts = [...new Set(steps)].map((step) => `${step} (${steps.filter((other) => other === step).length})`);
  return `runs of this node: ${counts.join(', ')}`;
}

async function knownNodes(nodes: Promise<readonly string[]>): Promise<string> {
  const known = await nodes;
  return known.length === 0 ? 'no node has been rolled out yet' : `rolled-out nodes: ${known.join(', ')}`;
}
