import type { StepId } from '../steps.js';
import { isStepId } from './parse-step.js';

/** A pause before another try: of which step, and after which kind of failure. */
export interface RetryPause {
  /** Absent before a workflow has steps. */
  readonly step?: StepId;
  /** A row of the failure table. */
  readonly failureType: string;
}

/** The name of such a pause's timer in Temporal's UI: `node/k8s-redis/join: tries again after KubeadmFailed`. */
export function retrySummary({ step, failureType }: RetryPause): string {
  return `${step === undefined ? '' : `${step}: `}${retryClause(failureType)}`;
}

/** The same without the step. */
export function retryClause(failureType: string): string {
  return `tries again after ${failureType}`;
}

/** Reads such a summary; `undefined` where a timer is of something else. */
export function parseRetrySummary(summary: string): RetryPause | undefined {
  const [, step = '', failureType = ''] = /^(?:(\S+): )?tries again after (\S+)$/.exec(summary) ?? [];
  if (failureType === '') return undefined;
  return { ...(isStepId(step) ? { step } : {}), failureType };
}
