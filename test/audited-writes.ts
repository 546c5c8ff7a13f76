import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAuditLine } from '../rehearsal/hosts/ledger/audit-event.js';
import type { RealControlPlane } from './real-control-plane.js';

/** Writes that the API server took from Groundswell, as its audit log has them: `delete /api/v1/namespaces/api/services/web`. */
export async function auditedWrites({ auditLogFolder }: RealControlPlane): Promise<readonly string[]> {
  const lines = (await readFile(join(auditLogFolder, 'audit.log'), 'utf8')).split('\n');
  return lines
    .flatMap((line) => parseAuditLine(line) ?? [])
    .filter(({ userAgent, responseStatus }) => userAgent === 'groundswell' && responseStatus.code < 300)
    .map(({ verb, requestURI }) => `${verb} ${requestURI.split('?')[0] ?? ''}`);
}
