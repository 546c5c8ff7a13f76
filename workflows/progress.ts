import { setCurrentDetails } from '@temporalio/workflow';
import type { StepStatus } from '../model/status.js';
import type { Steps } from './run-step.js';

const marks: Readonly<Record<StepStatus['state'], string>> = {
  'not begun': '▫️',
  waiting: '⏳',
  running: '▶️',
  done: '✅',
  parked: '🛑',
};

/** Shows the steps of a workflow in Temporal's UI, as Markdown; capped, because the server refuses more than 20,000 bytes. */
export function showSteps(title: string, steps: Steps): void {
  const lines = [...steps.statuses.values()].slice(0, 100).map((status) => {
    const note = status.failure === undefined ? status.note : `${status.failure.message}: ${status.failure.advice}`;
    return `- ${marks[status.state]} \`${status.step}\`${note === undefined ? '' : ` ${note.slice(0, 150)}`}`;
  });
  setCurrentDetails(`**${title}**\n\n${lines.join('\n')}`);
}
