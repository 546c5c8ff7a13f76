import type { Client } from '@temporalio/client';
import { vi } from 'vitest';
import { historyOf } from '../workflows/observed.js';
import type { Director } from './director.js';

/** What runs must not leave behind. Every line is a problem. */
export async function remainsOf(director: Director, client: Client): Promise<readonly string[]> {
  return [...(await orphans(director)), ...(await openWorkflows(client))];
}

/** Attempts that do not end, and heartbeats of nobody, after everything has. */
async function orphans(director: Director): Promise<readonly string[]> {
  if (!(await holdsWithin(60_000, () => director.open().length === 0)))
    return director.open().map((attempt) => `still runs: ${JSON.stringify(attempt)}`);
  const before = director.beats();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const late = director.beats() - before;
  return late === 0 ? [] : [`${late} heartbeats after the end`];
}

async function openWorkflows({ workflow }: Client): Promise<readonly string[]> {
  const open = async () => (await workflow.count('ExecutionStatus = "Running"')).count;
  if (await holdsWithin(60_000, async () => (await open()) === 0)) return [];
  return [`${String(await open())} workflows are still open`];
}

/** The server's own word for it: an attempt that was struck is followed by another of the same activity. A line for each that is not. */
export async function strikesWithoutSecondAttempt(
  director: Director,
  { workflow }: Client,
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { attempt, repeated } of director.strikes.values()) {
    if (!repeated) continue;
    const { workflowId, runId } = attempt;
    const history = await historyOf({ client: workflow }, workflowId, runId).catch(() => []);
    const attributes = history.map((event) => JSON.stringify(event));
    const scheduled = attributes.findIndex((text) => text.includes(`"activityId":"${attempt.activityId}"`));
    const id = String(history[scheduled]?.['eventId']);
    const started = attributes.find(
      (text) => text.includes(`"scheduledEventId":"${id}"`) && text.includes('"attempt"'),
    );
    const last = Number(/"attempt":(\d+)/.exec(started ?? '')?.[1] ?? 0);
    if (last <= attempt.attempt) problems.push(`${attempt.activity}: the server knows of no attempt after ${last}`);
  }
  return problems;
}

const yes = (): boolean => true;
const no = (): boolean => false;

/** Whether something holds within a time. Looks twice a second, because several columns look at once. */
async function holdsWithin(timeoutMs: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  return vi.waitUntil(holds, { timeout: timeoutMs, interval: 500 }).then(yes, no);
}
