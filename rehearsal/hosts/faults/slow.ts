import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../../../model/rollout-error.js';
import { cgroupsNamed } from '../cgroups.js';
import type { FaultDriver, FaultyHost } from './fault-driver.js';

/** How much of one processor all processes of a slow host get together. */
const share = 0.1;
const periodUs = 100_000;
const quotaUs = share * periodUs;

/**
 * The host gets a tenth of one processor (its cgroup's quota). Its network is as fast as ever: not every kernel can delay it.
 * `run-host.sh` ends the fault with each boot.
 */
export const slow: FaultDriver = {
  async holds(faulty) {
    return (await quota(await quotaFile(faulty))) === String(quotaUs);
  },
  async begin(faulty) {
    const file = await quotaFile(faulty);
    await writeFile(file, file.endsWith('cpu.max') ? `${quotaUs} ${periodUs}` : String(quotaUs));
  },
  async end(faulty) {
    const file = await quotaFile(faulty);
    if ((await quota(file)) !== String(quotaUs)) return false;
    await writeFile(file, file.endsWith('cpu.max') ? 'max' : '-1');
    return true;
  },
};

async function quota(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trim().split(' ')[0] ?? '';
}

/** `cpu.max` of cgroup v2, or `cpu.cfs_quota_us` of v1, whose period is 100 ms unless somebody changed it. */
async function quotaFile({ network, host }: FaultyHost): Promise<string> {
  const cgroups = await cgroupsNamed(join(network.id, host.id));
  const files = cgroups.flatMap((path) => [join(path, 'cpu.max'), join(path, 'cpu.cfs_quota_us')]);
  const found = files.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new RolloutError('CommandFailed', `${host.name}: this machine has no cgroup controller for processor time`);
}
