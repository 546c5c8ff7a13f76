import { isSameTemporal, type WorldLock } from '../../model/facts/world-lock.js';
import type { CallOptions } from '../../systems/calls.js';
import { temporalName } from '../lock/temporal-name.js';
import type { WorldLockDependencies } from '../lock/world-lock.js';

/**
 * The lock of a cluster in the world, where another Temporal than this worker's has it, or nobody knows who. A run of the
 * same Temporal is no news: its workflow id is waited for.
 */
export async function heldBy(
  { ec2Lock, temporal }: WorldLockDependencies,
  cluster: string,
  options: CallOptions,
): Promise<WorldLock | undefined> {
  const found = await ec2Lock.describeLock({ cluster }, options);
  if (found?.holder === undefined) return found;
  return isSameTemporal(found.holder, await temporalName(temporal)) ? undefined : found;
}
