import { textAt } from '../../../model/json/json-value.js';
import { applyEntry, isApply, managerOf, wholeSecond } from './audit-change.js';
import type { AuditEvent } from './audit-event.js';

/**
 * Writes that the API server could not say the outcome of: the client had given up, or the database did not answer in time.
 * Such a write may have been carried out all the same; what comes later about the same object can show it.
 */
export interface LostAnswers {
  keep(event: AuditEvent): void;
  /** The kept write that an answered one shows to have been carried out. `changed`: the answered one had an effect itself. */
  shownBy(answered: AuditEvent, changed: boolean): AuditEvent | undefined;
}

/** Whether nobody can tell from this answer if the write was carried out. */
export function isLost({ responseStatus: { code } }: AuditEvent): boolean {
  return code >= 500;
}

/** Makes a `LostAnswers` that has kept nothing. It keeps one write for each object, the last one. */
export function createLostAnswers(): LostAnswers {
  const kept = new Map<string, AuditEvent>();
  return {
    keep(event) {
      // without a name nothing later can be told to be about it
      if (event.objectRef.name !== undefined) kept.set(subjectOf(event), event);
    },
    shownBy(answered, changed) {
      const earlier = kept.get(subjectOf(answered));
      if (earlier === undefined || (isApply(earlier) && !isSameApply(earlier, answered))) return undefined;
      kept.delete(subjectOf(answered));
      return showsThat(earlier, answered, changed) ? earlier : undefined;
    },
  };
}

function showsThat(earlier: AuditEvent, answered: AuditEvent, changed: boolean): boolean {
  const { code } = answered.responseStatus;
  if (isApply(earlier)) {
    const time = Date.parse(textAt(applyEntry(answered), 'time') ?? '');
    return !changed && time >= wholeSecond(earlier.requestReceivedTimestamp);
  }
  // it is there, and this one did not make it
  if (earlier.verb === 'create') return code === 200 || (code === 409 && answered.verb === 'create');
  if (earlier.verb === 'delete') return code === 404 || code === 201;
  return false;
}

function isSameApply(earlier: AuditEvent, answered: AuditEvent): boolean {
  return isApply(answered) && managerOf(earlier) === managerOf(answered) && answered.responseStatus.code < 300;
}

function subjectOf({ objectRef: { apiGroup = '', resource, namespace = '', name = '' } }: AuditEvent): string {
  return [apiGroup, resource, namespace, name].join('/');
}
