import { setCurrentDetails } from '@temporalio/workflow';
import { fitBytes, fitLines } from '../../model/show/fit-bytes.js';
import {
  failedTriesText,
  type ApplyStatus,
  type ChildState,
  type PlanName,
  type StepStatus,
} from '../../model/status/status.js';
import { movedText } from '../../model/plan/moved-steps.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';

/**
 * In bytes. The server refuses details of more than 20,000, and counts their JSON text, where the end of a line and a
 * quotation mark have two.
 */
const longestDetails = 15_000;
const longestNote = 300;
const longestMessage = 1_000;
/** Marks before the lines of steps. */
const longestHead = 3_000;
/** A list of more steps than this shows those first that wait for a person. */
const mostInOrder = 20;

const marks: Readonly<Record<StepStatus['state'], string>> = {
  'not begun': '▫️',
  waiting: '⏳',
  retrying: '⏳',
  running: '▶️',
  done: '✅',
  parked: '🛑',
  skipped: '⤼',
  stopped: '⏹️',
};
const childMarks: Readonly<Record<ChildState, string>> = {
  untouched: '✅',
  'not begun': '▫️',
  open: '▶️',
  done: '✅',
  skipped: '⤼',
  ended: '⏹️',
};

/** Shows Markdown as the current details of this workflow in Temporal's UI. */
export function showDetails(markdown: string): void {
  setCurrentDetails(fitBytes(markdown, longestDetails));
}

/** The steps of a child, a parked one with what to answer and where. */
export function stepsDetails(title: string, steps: Iterable<StepStatus>, cluster: string): string {
  const all = [...steps];
  const parkedFirst = all.toSorted((a, b) => Number(b.state === 'parked') - Number(a.state === 'parked'));
  const lines = (all.length > mostInOrder ? parkedFirst : all).map((status) => () => stepLine(status, cluster));
  return [`**${title}**`, '', ...fittingLines(lines)].join('\n');
}

/** As many lines as there is room for; those that there is none for are not made. */
function fittingLines(lines: readonly (() => string)[]): readonly string[] {
  return fitLines(lines, (line) => line(), {
    mostBytes: longestDetails - longestHead,
    more: (left) => `- … and ${left} more steps: \`groundswell status\``,
  });
}

function stepLine({ step, state, note: seen, failure, failedTries }: StepStatus, cluster: string): string {
  const note = seen ?? (failedTries === undefined ? undefined : failedTriesText(failedTries));
  const line = `- ${marks[state]} \`${step}\``;
  if (failure === undefined) return note === undefined ? line : `${line} ${fitBytes(note, longestNote)}`;
  return `${line} ${fitBytes(failure.message, longestMessage)}: ${failure.advice}. Answer: ${answerText(step, cluster)}`;
}

function answerText(step: string, cluster: string): string {
  const answer = JSON.stringify({ step, action: 'retry', reason: '…', by: '…' });
  return `\`groundswell resolve ${step} retry --reason "…"\`, or on \`${applyWorkflowId(cluster)}\` the update \`resolve\` with \`${answer}\``;
}

/** The state of a plan's run: one line for nodes and one for waves, then the parked steps, then its own steps. */
export function applyDetails(status: ApplyStatus, changes: number): string {
  const ready = status.nodes.filter(({ state }) => state === 'done' || state === 'untouched').length;
  const waves = status.waves.map(({ wave, state }) => `${childMarks[state]} ${wave}`).join(' · ');
  const lines = [
    `**${status.cluster}: ${status.stage === 'ended' ? 'ended' : status.stage}${status.stopping ? ', stopping' : ''}, ${changes} changes so far**`,
    '',
    `Nodes: ${ready} of ${status.nodes.length} ready`,
    '',
    ...(waves === '' ? [] : [`Waves: ${fitBytes(waves, longestMessage)}`, '']),
    ...(status.paused === undefined ? [] : [pausedLine(status.paused), '']),
    ...(status.waitsForOlder ?? []).flatMap((line) => [fitBytes(line, longestMessage), '']).slice(0, 2 * mostInOrder),
    ...(status.amended === undefined ? [] : [approvalDetails({ cluster: status.cluster, ...status.amended }), '']),
    ...fittingLines([
      ...[...status.parked, ...status.network, status.verify].map((step) => () => stepLine(step, status.cluster)),
      ...status.skipped.map((skipped) => () => skippedLine(skipped)),
    ]),
  ];
  return lines.join('\n');
}

function pausedLine({ by, reason }: NonNullable<ApplyStatus['paused']>): string {
  return fitBytes(`**Paused** by ${by}: ${reason}`, longestMessage);
}

function skippedLine({ step, reason, by }: ApplyStatus['skipped'][number]): string {
  return fitBytes(`- ${marks.skipped} \`${step}\` skipped, ${by}: ${reason}`, longestMessage);
}

/** The commands with which a person approves a plan, ready to copy. */
export function approvalDetails(
  { cluster, changes, digest, moved }: Pick<PlanName, 'changes' | 'digest' | 'moved'> & { readonly cluster: string },
  expiresAt?: string,
): string {
  return [
    `**${cluster}: ${changes} changes wait for approval**${expiresAt === undefined ? '' : `, until ${expiresAt}`}`,
    '',
    ...(moved === undefined ? [] : [movedText(moved), '']),
    'In this UI: More Actions → Send an Update → `approve`, with the data',
    '',
    '```json',
    JSON.stringify({ digest, by: 'your name' }),
    '```',
    '',
    `In a shell: \`groundswell approve ${digest}\``,
  ].join('\n');
}
