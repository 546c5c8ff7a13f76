import { listAt, textAt } from '../json/json-value.js';

/** One entry of `status.conditions`. */
export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** Since when it has this status; absent where Kubernetes does not say. */
  readonly since?: string;
}

/** The condition of a type; `undefined` when the object does not have it. */
export function conditionOf(object: unknown, type: string): Condition | undefined {
  const found = listAt(object, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type);
  if (found === undefined) return undefined;
  const since = textAt(found, 'lastTransitionTime');
  return {
    status: textAt(found, 'status') ?? 'Unknown',
    reason: textAt(found, 'reason') ?? '',
    message: (textAt(found, 'message') ?? '').replace(/\s+/g, ' ').trim(),
    ...(since === undefined ? {} : { since }),
  };
}

/** `reason: message` of a condition, what there is of it. */
export function conditionText(condition: Condition): string {
  return [condition.reason, condition.message].filter((part) => part !== '').join(': ');
}
