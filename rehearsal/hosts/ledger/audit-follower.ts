import { createApiEffects, type ApiEffect } from './api-effects.js';
import { parseAuditLine } from './audit-event.js';
import { followRotatedLog } from './rotated-log.js';

/** Follows the audit log of one API server. */
export interface AuditFollower {
  /** The effects that came since the last call, oldest first, without those of `known` requests. */
  newEffects(known: ReadonlySet<string>): Promise<ApiEffect[]>;
}

/**
 * Follows `audit.log` in a folder, from its start: a follower that begins anew gives the same effects again, which the ids
 * in `known` keep out. Each request counts once, also when a shortened file is read again.
 */
export function followAuditLog(folder: string): AuditFollower {
  const log = followRotatedLog(folder, 'audit');
  const effects = createApiEffects();
  const seen = new Set<string>();
  return {
    async newEffects(known) {
      const found: ApiEffect[] = [];
      for (const line of await log.newLines()) {
        const event = parseAuditLine(line);
        if (event === undefined || seen.has(event.auditID)) continue;
        seen.add(event.auditID);
        found.push(...effects.of(event).filter(({ audit }) => !known.has(audit)));
      }
      return found;
    },
  };
}
