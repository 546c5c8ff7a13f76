import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followAuditLog } from '../../../../rehearsal/hosts/ledger/audit-follower.js';
import type { AuditEvent } from '../../../../rehearsal/hosts/ledger/audit-event.js';
import { anAuditEvent, lineOf } from '../audit-lines.js';

const nothing: ReadonlySet<string> = new Set();

describe('followAuditLog', () => {
  let dir = '';
  let log = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'groundswell-audit-'));
    log = join(dir, 'audit.log');
  });
  afterEach(() => rm(dir, { recursive: true }));

  const newIds = async (follower: ReturnType<typeof followAuditLog>, known = nothing): Promise<readonly string[]> =>
    (await follower.newEffects(known)).map(({ audit }) => audit);

  it('gives each effect once, from the first line of a log that need not be there yet', async () => {
    const follower = followAuditLog(join(dir));
    const [first, second] = [created(), created()];

    expect(await newIds(follower)).toEqual([]);
    await writeFile(log, lineOf(first));
    expect(await newIds(follower)).toEqual([first.auditID]);
    await appendFile(log, lineOf(second));
    expect(await newIds(follower)).toEqual([second.auditID]);
    expect(await newIds(follower)).toEqual([]);
  });

  it('waits for the rest of a half line', async () => {
    const follower = followAuditLog(dir);
    const event = created({ user: { username: 'kim 한', groups: [] } });
    const bytes = Buffer.from(lineOf(event));
    const middle = bytes.indexOf('한') + 1;

    await writeFile(log, bytes.subarray(0, middle));
    expect(await newIds(follower)).toEqual([]);
    await appendFile(log, bytes.subarray(middle));
    expect(await newIds(follower)).toEqual([event.auditID]);
  });

  it('loses nothing behind a half line that a power cut left', async () => {
    const event = created();
    await writeFile(log, `${lineOf(created()).slice(0, 80)}${lineOf(event)}`);

    expect(await newIds(followAuditLog(dir))).toEqual([event.auditID]);
  });

  it('reads a file on to its end when it was rotated away, and then the new one', async () => {
    const follower = followAuditLog(dir);
    const [first, second, third] = [created(), created(), created()];
    await writeFile(log, lineOf(first));
    await newIds(follower);

    await appendFile(log, lineOf(second));
    await rename(log, join(dir, 'audit-2026-11-25T22-00-30.123.log'));
    await writeFile(log, lineOf(third));

    expect(await newIds(follower)).toEqual([second.auditID, third.auditID]);
  });

  it('goes on after the log was cut short, and gives nothing twice', async () => {
    const follower = followAuditLog(dir);
    const [first, second, third] = [created(), created(), created()];
    await writeFile(log, lineOf(first) + lineOf(second));
    await newIds(follower);

    await writeFile(log, lineOf(second));
    expect(await newIds(follower)).toEqual([]);
    await appendFile(log, lineOf(third));
    expect(await newIds(follower)).toEqual([third.auditID]);
  });

  it('leaves out what the ledger had before it began, and still knows what was applied then', async () => {
    const [applied, again, other] = [anAuditEvent(), anAuditEvent(), created()];
    await writeFile(log, lineOf(applied) + lineOf(again) + lineOf(other));

    expect(await newIds(followAuditLog(dir), new Set([applied.auditID]))).toEqual([other.auditID]);
  });
});

function created(fields: Partial<AuditEvent> = {}): AuditEvent {
  return anAuditEvent({ ...fields, verb: 'create', code: 201, requestURI: '/apis/apps/v1/namespaces/api/deployments' });
}
