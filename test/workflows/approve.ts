import { approveUpdate, frontDoorStatusQuery } from '../../workflows/contract/messages.js';
import type { FrontDoorHandle } from './simulated-worker.js';

/** Approves the plan that a front door shows. */
export async function approve(handle: FrontDoorHandle): Promise<void> {
  const { planDigest: digest = '' } = await handle.query(frontDoorStatusQuery);
  await handle.executeUpdate(approveUpdate, { args: [{ digest, by: 'kim' }] });
}
