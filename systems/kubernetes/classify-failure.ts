import { shortLine } from '../../model/show/one-line.js';
import type { FailureType } from '../../model/failures.js';
import { listAt, textAt } from '../../model/json-value.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { ApiResponse } from './api-transport.js';

/** Characters of what the API server says that an error carries. */
const longestMessage = 1_000;

/**
 * The failure that an answer of the API server means. `subject` begins the message: `Deployment api/location`.
 *
 * What answers mean was observed on 1.36: an unknown field or a duplicate list key in a server-side apply is a 500 without
 * a reason, and stays one; a field of another manager is a 409 with causes; a missing API group is a 404 in plain text;
 * for some seconds after the API server starts its administrator is "forbidden" everything.
 */
export function classifyKubernetesFailure(subject: string, response: ApiResponse): RolloutError {
  const status = statusOf(response.body);
  const message = shortLine(textAt(status, 'message') ?? response.body, longestMessage);
  const conflicts = fieldConflicts(status);
  if (response.status === 409 && conflicts.length > 0) {
    return new RolloutError('FieldConflict', `${subject}: ${conflicts.join('; ')}`, { details: message });
  }
  const type = failureType(response.status, { message, status });
  return new RolloutError(type, `${subject}: ${sentence(response.status, message)}`, {
    ...(response.retryAfterMs === undefined ? {} : { retryAfterMs: response.retryAfterMs }),
  });
}

/** The failure that a lost connection means. Whether the request had an effect is then unknown. */
export function classifyConnectionFailure(subject: string, error: unknown): RolloutError {
  const message = error instanceof Error ? shortLine(error.message, longestMessage) : String(error);
  return new RolloutError('KubernetesUnavailable', `${subject}: the API server does not answer: ${message}`, {
    cause: error,
  });
}

/** Whether a short second try may help, without anything else having to change first. */
export function isHiccup(response: ApiResponse): boolean {
  if ([429, 502, 503, 504].includes(response.status)) return true;
  const status = statusOf(response.body);
  const message = textAt(status, 'message') ?? response.body;
  if (response.status === 403) return isUserForbidden(message);
  if (response.status === 409) return fieldConflicts(status).length === 0 && isLostRace(status, message);
  return response.status === 500 && !isBadPatch(message);
}

/** Whether a precondition did not hold because the object of this name is another one. */
export function isOfAnotherUid(response: ApiResponse): boolean {
  if (response.status !== 409) return false;
  return /\buid\b/i.test(textAt(statusOf(response.body), 'message') ?? '');
}

function failureType(code: number, answer: { message: string; status: unknown }): FailureType {
  const { message, status } = answer;
  if (code === 403 && isUserForbidden(message)) return 'KubernetesUnavailable';
  if (code === 403 && isTerminating(status, message)) return 'UnitNotReady';
  if (code === 409 && isLostRace(status, message)) return 'KubernetesUnavailable';
  if (code === 401 || code === 429) return 'KubernetesUnavailable';
  if (code >= 500) return isBadPatch(message) ? 'KubernetesRefused' : 'KubernetesUnavailable';
  return 'KubernetesRefused';
}

function sentence(code: number, message: string): string {
  if (code === 401) return 'the API server does not know our credentials (401)';
  return `${message === '' ? 'no explanation' : message} (${code})`;
}

/**
 * The administrator is forbidden something only while the rules of a new API server are not loaded yet. A resource `is
 * forbidden`, a path is told without the verb: `forbidden: User "kubernetes-admin" cannot get path "/api/v1"`.
 */
function isUserForbidden(message: string): boolean {
  return /\bforbidden: User "[^"]*" cannot /.test(message);
}

function isTerminating(status: unknown, message: string): boolean {
  const reasons = listAt(status, 'details', 'causes').map((cause) => textAt(cause, 'reason'));
  return reasons.includes('NamespaceTerminating') || message.includes('because it is being terminated');
}

/** Somebody wrote at the same moment. A uid that differs is no race: the object is another one. */
function isLostRace(status: unknown, message: string): boolean {
  if (/uid/i.test(message)) return false;
  return textAt(status, 'reason') === 'AlreadyExists' || message.includes('the object has been modified');
}

function isBadPatch(message: string): boolean {
  return message.includes('failed to create typed patch object') || message.includes('field not declared in schema');
}

/** `field .spec.replicas belongs to "hpa" (subresource scale)` for each field that another manager owns. */
function fieldConflicts(status: unknown): readonly string[] {
  return listAt(status, 'details', 'causes')
    .filter((cause) => textAt(cause, 'reason') === 'FieldManagerConflict')
    .map((cause) => {
      const message = textAt(cause, 'message') ?? '';
      const manager = /conflict with (.*?)(?: using .*)?$/.exec(message)?.[1] ?? message;
      return `field ${textAt(cause, 'field') ?? '(unknown)'} belongs to ${shortLine(manager, longestMessage)}`;
    });
}

/** The Status that an answer is; `undefined` when it is none. */
export function statusOf(body: string): unknown {
  if (!body.startsWith('{')) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
