import { shortLine } from '../../model/show/one-line.js';
import type { FailureType } from '../../model/failures.js';
import { listAt, textAt } from '../../model/json-value.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { ApiResponse } from './api-transport.js';

/** How many characters of the API server's message an error carries. */
const longestMessage = 1_000;

/**
 * Turns an answer of the API server into a failure. `subject` begins the message: `Deployment api/location`.
 *
 * Answers were observed on 1.36. An unknown field or a duplicate list key in a server-side apply is a 500 without a
 * reason, at every try. A field of another manager is a 409 with causes. A missing API group is a 404 in plain text.
 * For some seconds after its start, the API server forbids its administrator everything.
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

/** Turns a lost connection into a failure. The effect of the request is then unknown. */
export function classifyConnectionFailure(subject: string, error: unknown): RolloutError {
  const message = error instanceof Error ? shortLine(error.message, longestMessage) : String(error);
  return new RolloutError('KubernetesUnavailable', `${subject}: the API server does not answer: ${message}`, {
    cause: error,
  });
}

/** Whether a second try soon may help, although nothing else has changed. */
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
 * Whether the API server forbids something to the administrator, as it does only before it has loaded its rules. A
 * resource `is forbidden`; the text for a path lacks the verb: `forbidden: User "kubernetes-admin" cannot get path
 * "/api/v1"`.
 */
function isUserForbidden(message: string): boolean {
  return /\bforbidden: User "[^"]*" cannot /.test(message);
}

function isTerminating(status: unknown, message: string): boolean {
  const reasons = listAt(status, 'details', 'causes').map((cause) => textAt(cause, 'reason'));
  return reasons.includes('NamespaceTerminating') || message.includes('because it is being terminated');
}

/** Whether somebody else wrote at the same moment. Another uid is no race: it means another object. */
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
