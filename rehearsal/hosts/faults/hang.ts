import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../../../model/rollout-error.js';
import { cgroupsNamed } from '../machine/cgroups.js';
import type { FaultDriver, FaultyHost } from './fault-driver.js';
import { waitUntil, type Look } from '../../../systems/wait-until.js';

const settleMs = 10_000;

/**
 * Freezes every process of the host, with its init, while the kernel still accepts connections and acknowledges data. A
 * machine with a hung user space behaves so. The program nspawn, which is no part of the host, stays awake.
 */
export const hang: FaultDriver = {
  async holds(faulty) {
    return isFrozen(await payload(faulty));
  },
  async begin(faulty) {
    await freeze(faulty, true);
  },
  async end(faulty) {
    if (!(await isFrozen(await payload(faulty)))) return false;
    await freeze(faulty, false);
    return true;
  },
};

async function freeze(faulty: FaultyHost, frozen: boolean): Promise<void> {
  const cgroup = await payload(faulty);
  await writeFile(join(cgroup, 'cgroup.freeze'), frozen ? '1' : '0');
  const look = async (): Promise<Look<true>> =>
    (await isFrozen(cgroup)) === frozen ? { done: true } : { waitsFor: 'the kernel to say so' };
  if ('done' in (await waitUntil(look, { everyMs: 10, deadlineMs: settleMs }))) return;
  await writeFile(join(cgroup, 'cgroup.freeze'), '0');
  throw new RolloutError('CommandFailed', `${faulty.host.name}: does not freeze within ${settleMs / 1000} s`);
}

/** What the kernel says, which is later than what was asked for. */
async function isFrozen(cgroup: string): Promise<boolean> {
  return (await readFile(join(cgroup, 'cgroup.events'), 'utf8')).includes('frozen 1');
}

/**
 * The cgroup that nspawn makes for the host's own processes, in the v2 tree. It goes with each boot, and so does the fault. Of
 * the two freezers only that of v2 lets frozen processes be killed.
 */
async function payload({ network, host }: FaultyHost): Promise<string> {
  const cgroups = await cgroupsNamed(join(network.id, host.id));
  const found = cgroups.map((path) => join(path, 'payload')).find((path) => existsSync(join(path, 'cgroup.freeze')));
  if (found !== undefined) return found;
  throw new RolloutError('CommandFailed', `${host.name}: has no cgroup to freeze; is the host still booting?`);
}
