import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../../../model/rollout-error.js';
import { cgroupsNamed } from '../machine/cgroups.js';
import { hostNames } from '../host-record.js';
import { isLinkNarrow, narrowLink, widenLink } from '../network/switch-network.js';
import type { FaultDriver, FaultyHost } from './fault-driver.js';

/** The share of one processor for all processes of a slow host together. */
const share = 0.1;
const periodUs = 100_000;
const quotaUs = share * periodUs;
/** The rate of its link, each way. */
const megabitsPerSecond = 20;

/**
 * The host gets a tenth of one processor (its cgroup's quota), and its link lets 20 Mbit/s through. Packets are not
 * delayed otherwise: not every kernel can. `run-host.sh` ends the fault with each boot, which also makes a new link.
 */
export const slow: FaultDriver = {
  async holds(faulty) {
    return (await isThrottled(faulty)) && (await isLinkNarrow(faulty.network, hostNames(faulty.network, faulty.host)));
  },
  async begin(faulty) {
    // the quota first, and last at the end: it is what tells that there is something to end
    const file = await quotaFile(faulty);
    await writeFile(file, file.endsWith('cpu.max') ? `${quotaUs} ${periodUs}` : String(quotaUs));
    await narrowLink(faulty.network, hostNames(faulty.network, faulty.host), megabitsPerSecond);
  },
  async end(faulty) {
    if (!(await isThrottled(faulty))) return false;
    await widenLink(faulty.network, hostNames(faulty.network, faulty.host));
    const file = await quotaFile(faulty);
    await writeFile(file, file.endsWith('cpu.max') ? 'max' : '-1');
    return true;
  },
};

async function isThrottled(faulty: FaultyHost): Promise<boolean> {
  const text = await readFile(await quotaFile(faulty), 'utf8');
  return text.trim().split(' ')[0] === String(quotaUs);
}

/** `cpu.max` of cgroup v2, or `cpu.cfs_quota_us` of v1, whose period is 100 ms unless somebody changed it. */
async function quotaFile({ network, host }: FaultyHost): Promise<string> {
  const cgroups = await cgroupsNamed(join(network.id, host.id));
  const files = cgroups.flatMap((path) => [join(path, 'cpu.max'), join(path, 'cpu.cfs_quota_us')]);
  const found = files.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new RolloutError('CommandFailed', `${host.name}: this machine has no cgroup controller for processor time`);
}
