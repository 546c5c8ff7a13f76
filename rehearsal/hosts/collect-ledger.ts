import { appendHostEffect, recordedInvocations } from './host-ledger.js';
import { hostIds, readHostRecord } from './host-record.js';
import type { HostRecord } from './host-record.js';
import type { HostsContext } from './hosts-context.js';
import { readKubeadmEffects } from './kubeadm-effects.js';

/** Adds to the ledger what kubeadm did on a host and is not there yet. */
export async function collectFromHost(context: HostsContext, host: HostRecord): Promise<void> {
  const { ledger } = context.config;
  // one at a time, so that no start of kubeadm is written twice
  await context.queue.run('ledger', async () => {
    const recorded = await recordedInvocations(ledger);
    for (const { effect, time, unit, invocation } of await readKubeadmEffects(context.pathsOf(host.id).upper)) {
      if (recorded.has(invocation)) continue;
      const place = { key: host.id, node: host.name };
      await appendHostEffect(ledger, { time, system: 'host', effect, ...place, unit, invocation });
    }
  });
}

/** The same for all hosts, running or not. */
export async function collectFromHosts(context: HostsContext): Promise<void> {
  for (const host of await hostRecords(context)) await collectFromHost(context, host);
}

/** Records of all hosts whose disk is ready. */
export async function hostRecords(context: HostsContext): Promise<HostRecord[]> {
  const ids = await hostIds(context.hostsDir);
  const records = await Promise.all(ids.map((id) => readHostRecord(context.pathsOf(id).dir)));
  return records.filter((record) => record !== undefined);
}
