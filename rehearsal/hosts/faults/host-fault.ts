import { RolloutError } from '../../../model/rollout-error.js';
import type { HostsContext } from '../hosts-context.js';
import { isSupervised } from '../supervisor.js';
import { cut } from './cut.js';
import type { FaultDriver, FaultyHost } from './fault-driver.js';
import { fullDisk } from './full-disk.js';
import { hang } from './hang.js';
import { slow } from './slow.js';

/** Faults of a running host that last until they are healed, or until the host is off (a full disk: until it is gone). */
export type LastingFault = 'cut' | 'hang' | 'full-disk' | 'slow';

const drivers: Readonly<Record<LastingFault, FaultDriver>> = { cut, hang, 'full-disk': fullDisk, slow };

/** Begins a fault. Returns whether that changed anything. Fails with `CommandFailed`, also when the host is off. */
export async function beginFault(context: HostsContext, id: string, fault: LastingFault): Promise<boolean> {
  const faulty = await runningHost(context, id);
  if (await drivers[fault].holds(faulty)) return false;
  await drivers[fault].begin(faulty);
  await context.note(fault, faulty.host);
  return true;
}

/** Ends every lasting fault of a host and returns those that it had. Fails with `CommandFailed`, also when it is off. */
export async function healFaults(context: HostsContext, id: string): Promise<readonly LastingFault[]> {
  const faulty = await runningHost(context, id);
  const ended: LastingFault[] = [];
  // the link last: what comes back to the network is well again
  for (const fault of ['full-disk', 'slow', 'hang', 'cut'] as const) {
    if (await drivers[fault].end(faulty)) ended.push(fault);
  }
  if (ended.length > 0) await context.note('heal', faulty.host);
  return ended;
}

async function runningHost(context: HostsContext, id: string): Promise<FaultyHost> {
  const host = await context.recordOf(id);
  const paths = context.pathsOf(id);
  if (await isSupervised(paths)) return { network: context.network, host, paths };
  throw new RolloutError('CommandFailed', `${host.name}: is off; power-on boots it`);
}
