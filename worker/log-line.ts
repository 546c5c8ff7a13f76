import { ApplicationFailure } from '@temporalio/common';
import type { LogEntry } from '@temporalio/worker';
import { oneLine } from '../model/show/one-line.js';
import { parseWorkflowId } from '../model/names/workflow-ids.js';
import type { Stage } from '../model/steps.js';
import { isRecord } from '../model/is-record.js';

/** The form of a log: one JSON object per line for programs, or one plain line for a person at a terminal. */
export type LogForm = 'json' | 'text';

/** Fields that the SDK adds to each of its lines and nobody reads: a secret of the server, and constant values. */
const left = new Set([
  'taskToken',
  'isLocal',
  'namespace',
  'activityId',
  'workflowType',
  'error',
  'target',
  'span_contexts',
]);
const renamed: Readonly<Record<string, string>> = {
  workflowRunId: 'runId',
  activityType: 'activity',
  sdkComponent: 'component',
};
/** Fields by which people search lines, in this order; all others follow. */
const order = ['cluster', 'stage', 'step', 'activity', 'attempt', 'workflowId', 'runId'];
/** Fields that a plain-text line leaves out: its beginning already says them, or only programs need them. */
const leftInText = new Set([
  'cluster',
  'stage',
  'step',
  'workflowId',
  'runId',
  'taskQueue',
  'component',
  'failureType',
]);

/** Formats one event as one line, with any values: `{time, level, message, cluster, stage, step, …}`, or plain text. */
export function logLine({ level, message, timestampNanos, meta }: LogEntry, form: LogForm): string {
  const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
  const fields = fieldsOf(meta ?? {});
  if (form === 'json') return JSON.stringify({ time, level, message: oneLine(message, ' | '), ...fields }, jsonValue);
  const who = fields['step'] ?? fields['workflowId'] ?? fields['component'] ?? 'worker';
  const rest = Object.entries(fields).flatMap(([name, value]) =>
    leftInText.has(name) ? [] : [`${name}=${oneLine(textOf(value), ' | ')}`],
  );
  return [time.slice(11, 19), level.padEnd(5), textOf(who), oneLine(message, ' | '), ...rest].join('  ');
}

function fieldsOf(meta: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const kept = Object.entries(meta).flatMap(([name, value]) =>
    left.has(name) || value === undefined ? [] : [[renamed[name] ?? name, value] as const],
  );
  const fields = {
    ...workflowFields(meta['workflowId']),
    ...Object.fromEntries(kept),
    ...failureFields(meta['error']),
  };
  const first = order.filter((name) => name in fields).map((name) => [name, fields[name]] as const);
  return { ...Object.fromEntries(first), ...fields };
}

const stages = { node: 'nodes', wave: 'waves' } as const satisfies Record<string, Stage>;

/** Reads cluster and stage from the id of a workflow: `cluster/demo/node/k8s-redis`. */
function workflowFields(workflowId: unknown): Readonly<Record<string, string>> {
  const workflow = typeof workflowId === 'string' ? parseWorkflowId(workflowId) : undefined;
  if (workflow === undefined) return {};
  const { cluster, kind } = workflow;
  return { cluster, ...(kind === 'lock' ? {} : { stage: stages[kind] }) };
}

function failureFields(error: unknown): Readonly<Record<string, string>> {
  if (error === undefined) return {};
  const type = error instanceof ApplicationFailure ? error.type : undefined;
  return {
    ...(type == null ? {} : { failureType: type }),
    failure: error instanceof Error ? error.message : textOf(error),
  };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '' : JSON.stringify(value, jsonValue);
}

function jsonValue(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return value.message;
  return isRecord(value) && 'taskToken' in value ? { ...value, taskToken: undefined } : value;
}
