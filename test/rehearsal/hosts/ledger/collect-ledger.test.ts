import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostNetworkAt } from '../../../../rehearsal/hosts/network/host-network.js';
import { hostPaths, writeHostRecord } from '../../../../rehearsal/hosts/host-record.js';
import { createHosts, type Hosts } from '../../../../rehearsal/hosts/hosts.js';
import type { AuditEvent } from '../../../../rehearsal/hosts/ledger/audit-event.js';
import { anAuditEvent, lineOf } from '../audit-lines.js';

const [controlPlane, worker] = ['i-0000000000000000a', 'i-0000000000000000b'] as const;

describe('the part of the ledger that comes from audit logs', () => {
  let dir = '';
  const ledger = () => join(dir, 'ledger.ndjson');
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'groundswell-collect-'));
    for (const id of [controlPlane, worker]) {
      await mkdir(hostPaths(join(dir, 'hosts'), id).dir, { recursive: true });
      const record = { id, name: `node-${id.slice(-1)}`, address: '198.18.1.4', hostname: 'node' };
      await writeHostRecord(hostPaths(join(dir, 'hosts'), id).dir, record);
    }
  });
  afterEach(() => rm(dir, { recursive: true }));

  /** What drives the hosts, as a new process of the outside makes it. */
  const drive = (): Hosts =>
    createHosts({ stateDir: dir, rootfs: { dir: '/' }, network: hostNetworkAt(1), ledger: ledger() });
  const audit = async (...events: readonly AuditEvent[]): Promise<void> => {
    const folder = join(hostPaths(join(dir, 'hosts'), controlPlane).upper, 'var/log/kubernetes');
    await mkdir(folder, { recursive: true });
    await appendFile(join(folder, 'audit.log'), events.map(lineOf).join(''));
  };
  const lines = async (): Promise<readonly unknown[]> => {
    const text = await readFile(ledger(), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]));
  };

  it('has the shape of all lines, and nothing while no API server has written', async () => {
    const hosts = drive();
    await hosts.followAuditLogs();
    expect(await lines()).toEqual([]);

    const event = anAuditEvent({ code: 201 });
    await audit(event);
    await hosts.followAuditLogs();

    expect(await lines()).toEqual([
      {
        time: '2026-11-25T22:00:10.000Z',
        system: 'kubernetes',
        effect: 'apply',
        key: 'apps/v1/Deployment/api/auth',
        by: 'groundswell',
        audit: event.auditID,
      },
    ]);
  });

  it('has each effect once, however often and by however many it is asked for', async () => {
    const hosts = drive();
    await audit(...created(3));

    await Promise.all([hosts.followAuditLogs(), hosts.collectLedger(), hosts.followAuditLogs()]);

    expect(await lines()).toHaveLength(3);
  });

  it('goes on where a killed outside left it, with nothing twice and nothing lost', async () => {
    await audit(...created(2));
    await drive().followAuditLogs();
    await audit(...created(2));

    await drive().followAuditLogs();

    expect(await lines()).toHaveLength(4);
  });
});

function created(count: number): readonly AuditEvent[] {
  const requestURI = '/apis/apps/v1/namespaces/api/deployments';
  return Array.from({ length: count }, () => anAuditEvent({ verb: 'create', code: 201, requestURI }));
}
