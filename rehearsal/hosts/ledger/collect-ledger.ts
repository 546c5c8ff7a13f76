import { join } from 'node:path';
import { followAuditLog } from './audit-follower.js';
import { appendHostEffect, recordedIds } from './host-ledger.js';
import { hostIds, readHostRecord } from '../host-record.js';
import type { HostRecord } from '../host-record.js';
import type { HostsContext } from '../hosts-context.js';
import { readKubeadmEffects } from './kubeadm-effects.js';

/** Path of the API server's audit log (`audit-log-path` of model/host/kubeadm-config.ts), on the host's disk. */
const auditLogFolder = 'var/log/kubernetes';

/** Adds to the ledger what kubeadm did on a host, and its API server, and is not there yet. */
export async function collectFromHost(context: HostsContext, host: HostRecord): Promise<void> {
  const { ledger } = context.config;
  // one at a time, so that no start of kubeadm is written twice
  await context.queue.run('ledger', async () => {
    const recorded = await recordedIds(ledger, 'invocation');
    for (const { effect, time, unit, invocation } of await readKubeadmEffects(context.pathsOf(host.id).upper)) {
      if (recorded.has(invocation)) continue;
      const place = { key: host.id, node: host.name };
      await appendHostEffect(ledger, { time, system: 'host', effect, ...place, unit, invocation });
    }
    await addAuditEffects(context, host);
  });
}

/** The same for all hosts, running or not. */
export async function collectFromHosts(context: HostsContext): Promise<void> {
  for (const host of await hostRecords(context)) await collectFromHost(context, host);
}

/** Only what the API servers of all hosts did: cheap, so that it can be asked for every second. */
export async function followAuditLogs(context: HostsContext): Promise<void> {
  for (const host of await hostRecords(context)) {
    await context.queue.run('ledger', () => addAuditEffects(context, host));
  }
}

/** Reads the API server's log on a host's disk on from where it was left; a host without one has no effects. */
async function addAuditEffects(context: HostsContext, host: HostRecord): Promise<void> {
  const { ledger } = context.config;
  let source = context.auditLogs.get(host.id);
  if (source === undefined) {
    const follower = followAuditLog(join(context.pathsOf(host.id).upper, auditLogFolder));
    source = { follower, known: await recordedIds(ledger, 'audit') };
    context.auditLogs.set(host.id, source);
  }
  for (const { time, ...effect } of await source.follower.newEffects(source.known)) {
    await appendHostEffect(ledger, { time, system: 'kubernetes', ...effect });
  }
}

/** Records of all hosts whose disk is ready. */
export async function hostRecords(context: HostsContext): Promise<HostRecord[]> {
  const ids = await hostIds(context.hostsDir);
  const records = await Promise.all(ids.map((id) => readHostRecord(context.pathsOf(id).dir)));
  return records.filter((record) => record !== undefined);
}
