import { setCurrentDetails } from '@temporalio/workflow';
import type { ApplyStatus, ChildState, PlanName, StepStatus } from '../model/status.js';
import { applyWorkflowId } from './contract.js';

/** The server refuses current details of more than 20,000 bytes. */
const longestDetails = 15_000;

const marks: Readonly<Record<StepStatus['state'], string>> = {
  'not begun': '▫️',
  waiting: '⏳',
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
export function show(markdown: string): void {
  setCurrentDetails(markdown.slice(0, longestDetails));
}

/** The steps of a child, a parked one with what to answer and where. */
export function stepsDetails(title: string, steps: Iterable<StepStatus>, cluster: string): string {
  return `**${title}**\n\n${[...steps].map((status) => stepLine(status, cluster)).join('\n')}`;
}

function stepLine({ step, state, note, failure }: StepStatus, cluster: string): string {
  const line = `- ${marks[state]} \`${step}\``;
  if (failure === undefined) return note === undefined ? line : `${line} ${note.slice(0, 150)}`;
  return `${line} ${failure.message.slice(0, 600)}: ${failure.advice}. Answer: ${answerText(step, cluster)}`;
}

function answerText(step: string, cluster: string): string {
  const answer = JSON.stringify({ step, action: 'retry', reason: '…', by: '…' });
  return `\`groundswell resolve ${step} retry --reason "…"\`, or on \`${applyWorkflowId(cluster)}\` the update \`resolve\` with \`${answer}\``;
}

/** Where a run of a plan is: nodes and waves in a line each, then what waits for a person, then its own steps. */
export function applyDetails(status: ApplyStatus, changes: number): string {
  const ready = status.nodes.filter(({ state }) => state === 'done' || state === 'untouched').length;
  const waves = status.waves.map(({ wave, state }) => `${childMarks[state]} ${wave}`).join(' · ');
  const lines = [
    `**${status.cluster}: ${status.stage === 'ended' ? 'ended' : status.stage}${status.stopping ? ', stopping' : ''}, ${changes} changes so far**`,
    '',
    `Nodes: ${ready} of ${status.nodes.length} ready`,
    '',
    ...(waves === '' ? [] : [`Waves: ${waves}`, '']),
    ...(status.paused === undefined ? [] : [`**Paused** by ${status.paused.by}: ${status.paused.reason}`, '']),
    ...(status.amended === undefined ? [] : [approvalDetails({ cluster: status.cluster, ...status.amended }), '']),
    ...[...status.parked, ...status.network, status.verify].map((step) => stepLine(step, status.cluster)),
    ...status.skipped.map(({ step, reason, by }) => `- ${marks.skipped} \`${step}\` skipped, ${by}: ${reason}`),
  ];
  return lines.join('\n');
}

/** What a person has to do so that a plan is carried out, ready to be copied. */
export function approvalDetails(
  { cluster, changes, digest }: PlanName & { readonly cluster: string },
  expiresAt?: string,
): string {
  return [
    `**${cluster}: ${changes} changes wait for approval**${expiresAt === undefined ? '' : `, until ${expiresAt}`}`,
    '',
    'In this UI: More Actions → Send an Update → `approve`, with the data',
    '',
    '```json',
    JSON.stringify({ digest, by: 'your name' }),
    '```',
    '',
    `In a shell: \`groundswell approve ${digest}\``,
  ].join('\n');
}
