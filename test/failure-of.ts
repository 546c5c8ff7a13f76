import { RolloutError } from '../model/rollout-error.js';

/** The failure of a call that must fail. Passes on what is no `RolloutError`; complains when there is none. */
export async function failureOf(call: Promise<unknown>): Promise<RolloutError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RolloutError) return error;
    throw error;
  }
  throw new Error('expected a failure, found none');
}
