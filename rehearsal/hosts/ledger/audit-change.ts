import { canonicalJson } from '../../../model/canonical-json.js';
import { isRecord } from '../../../model/is-record.js';
import { listAt, textAt } from '../../../model/json-value.js';
import type { AuditEvent } from './audit-event.js';

/** Who owns the fields that a request sets: what it says, else its program, as the API server itself would say. */
export function managerOf(event: AuditEvent): string {
  return queryOf(event).get('fieldManager') ?? event.userAgent.split('/')[0] ?? '';
}

/** Whether a request is a server-side apply. `force`, true or false, is refused on every other patch. */
export function isApply(event: AuditEvent): boolean {
  if (event.verb !== 'patch') return false;
  return queryOf(event).has('force') || (isWhole(event.requestObject) && applyEntry(event) !== undefined);
}

/**
 * Tells successful writes that changed nothing:
 * - an apply: the time of the field manager's entry, which the API server sets at a change, is older than the request.
 *   Or that time equals the time of the previous, identical apply (times have whole seconds only);
 * - another write that names the version that it has read: the answer has the same version;
 * - an empty patch.
 * Everything else counts as a change, also every apply without bodies in the log.
 */
export function createNoChangeCheck(): (event: AuditEvent) => boolean {
  const lastApplies = new Map<string, string>();
  return (event) => {
    if (event.verb !== 'patch' && event.verb !== 'update') return false;
    if (!isApply(event)) return namesUnchangedVersion(event) || isEmpty(event.requestObject);
    const time = textAt(applyEntry(event), 'time');
    if (time === undefined) return false;
    const subject = `${textAt(event.responseObject, 'metadata', 'uid') ?? ''} ${managerOf(event)}`;
    const said = `${time} ${canonicalJson(event.requestObject)}`;
    const repeated = lastApplies.get(subject) === said;
    lastApplies.set(subject, said);
    return repeated || Date.parse(time) < wholeSecond(event.requestReceivedTimestamp);
  };
}

function queryOf({ requestURI }: AuditEvent): URLSearchParams {
  return new URLSearchParams(requestURI.split('?')[1]);
}

/** The entry of the managed fields for what the applies of this request's field manager have set; `undefined` without. */
export function applyEntry(event: AuditEvent): unknown {
  const manager = managerOf(event);
  return listAt(event.responseObject, 'metadata', 'managedFields').find(
    (entry) => textAt(entry, 'manager') === manager && textAt(entry, 'operation') === 'Apply',
  );
}

/** An apply names the kind of what it applies; a JSON patch is a list, and a merge patch has only what it changes. */
function isWhole(body: unknown): boolean {
  return textAt(body, 'kind') !== undefined && textAt(body, 'apiVersion') !== undefined;
}

function namesUnchangedVersion({ requestObject, responseObject }: AuditEvent): boolean {
  const test: unknown = Array.isArray(requestObject) ? requestObject.find(isVersionTest) : undefined;
  const read = textAt(test, 'value') ?? textAt(requestObject, 'metadata', 'resourceVersion');
  return read !== undefined && read === textAt(responseObject, 'metadata', 'resourceVersion');
}

function isVersionTest(operation: unknown): boolean {
  return textAt(operation, 'op') === 'test' && textAt(operation, 'path') === '/metadata/resourceVersion';
}

function isEmpty(body: unknown): boolean {
  return Array.isArray(body) ? body.length === 0 : isRecord(body) && Object.keys(body).length === 0;
}

/** Milliseconds since 1970 of the second in which a time is, as managed fields have it. */
export function wholeSecond(time: string): number {
  return Math.floor(Date.parse(time) / 1000) * 1000;
}
