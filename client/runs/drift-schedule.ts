import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import { driftScheduleId } from '../../model/names/workflow-ids.js';
import { workflowNames } from '../../model/names/workflow-names.js';
import type { DriftReport } from '../../model/status/drift.js';
import type { CheckDriftInput } from '../../workflows/contract/inputs.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';

/** What a schedule of checks looks like. */
export interface DriftSchedule {
  readonly everyMs: number;
  readonly paused: boolean;
  /** Time of the next check, ISO 8601. Absent while it is paused. */
  readonly next?: string;
  /** The newest check. Absent before the first one. */
  readonly last?: LastCheck;
}

/** How a check ended; one that runs has neither a report nor an error. */
export interface LastCheck {
  readonly workflowId: string;
  readonly startedAt: string;
  readonly report?: DriftReport;
  readonly error?: unknown;
}

export interface WantedSchedule {
  readonly cluster: string;
  readonly everyMs: number;
  readonly input: CheckDriftInput;
  readonly by: string;
}

/** After an outage one check is enough, and the next one is near. */
const catchupWindow = '1 minute';

/**
 * Creates the schedule that checks a cluster, or gives the existing one this interval. A new one makes its first check at
 * once. A check that still runs is not joined by a second one. Returns whether it is new.
 */
export async function setDriftSchedule({ schedule }: Client, wanted: WantedSchedule): Promise<boolean> {
  const scheduleId = driftScheduleId(wanted.cluster);
  const options = scheduleOptions(wanted);
  try {
    await schedule.create({ ...options, scheduleId, state: { ...options.state, triggerImmediately: true } });
    return true;
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  await schedule.getHandle(scheduleId).update(() => options);
  return false;
}

function scheduleOptions({ cluster, everyMs, input, by }: WantedSchedule): ScheduleUpdateOptions {
  return {
    spec: { intervals: [{ every: everyMs }] },
    action: {
      ...{ type: 'startWorkflow', workflowType: workflowNames.checkDrift, taskQueue },
      // the server adds the time to it
      workflowId: driftScheduleId(cluster),
      args: [input],
      staticSummary: `drift of ${cluster}`,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow, pauseOnFailure: false },
    state: { paused: false, note: `made by ${by}` },
  };
}

/** Deletes the schedule. Returns whether there was one. */
export async function endDriftSchedule({ schedule }: Client, cluster: string): Promise<boolean> {
  try {
    await schedule.getHandle(driftScheduleId(cluster)).delete();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}

/** The schedule of a cluster and its newest check; `undefined` when there is none. */
export async function readDriftSchedule(client: Client, cluster: string): Promise<DriftSchedule | undefined> {
  const described = await describeSchedule(client, cluster);
  if (described === undefined) return undefined;
  const { info, spec, state } = described;
  const [next] = info.nextActionTimes;
  const last = info.recentActions.at(-1);
  return {
    everyMs: spec.intervals?.[0]?.every ?? 0,
    paused: state.paused,
    ...(next === undefined || state.paused ? {} : { next: next.toISOString() }),
    ...(last === undefined
      ? {}
      : { last: await readCheck(client, last.action.workflow.workflowId, last.takenAt.toISOString()) }),
  };
}

async function describeSchedule({ schedule }: Client, cluster: string): Promise<ScheduleDescription | undefined> {
  try {
    return await schedule.getHandle(driftScheduleId(cluster)).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

/** Does not wait for a check that runs. */
async function readCheck({ workflow }: Client, workflowId: string, startedAt: string): Promise<LastCheck> {
  const handle = workflow.getHandle<() => Promise<DriftReport>>(workflowId);
  try {
    if ((await handle.describe()).status.name === 'RUNNING') return { workflowId, startedAt };
    return { workflowId, startedAt, report: await handle.result() };
  } catch (error) {
    return { workflowId, startedAt, error };
  }
}
