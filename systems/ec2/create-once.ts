import { setTimeout as delay } from 'node:timers/promises';
import type { Tag } from '@aws-sdk/client-ec2';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import { refusalCode } from './call-ec2.js';
import { isAlreadyThere, isGone } from './classify-failure.js';
import { oldestFirst } from './ownership-tags.js';
import { untilListed } from './until-listed.js';

/**
 * A thing that EC2 creates without a ClientToken, with the functions that find it, make it, and remove one too many.
 */
export interface Creation<T> {
  /** Finds our things, by tags. */
  readonly find: (options: CallOptions) => Promise<readonly T[]>;
  /** Sends the request once and returns the id of the new thing. */
  readonly create: (options: CallOptions) => Promise<string>;
  /** Removes a thing of this very call that turned out to be the second. */
  readonly remove: (id: string, options: CallOptions) => Promise<unknown>;
  readonly id: (thing: T) => string | undefined;
  /** How long to wait after a removal before the next look. Default 3 s. */
  readonly settleMs?: number;
  /** How long to look for a new, or perhaps new, thing before it counts as not listed. Default 20 s. */
  readonly lagMs?: number;
}

/** Others may have overtaken a creation that took longer: they have looked in between, and built on their findings. */
const overtakenMs = 10_000;
/** Pause after the removal of one of two: its rival may have removed the other one at the same moment. */
const settleMs = 3_000;

/**
 * Finds a thing or makes it, so that exactly one is left, and returns its id. After an unknown outcome, looks again
 * until EC2's lag is over. When another one appears after ours (a lost answer, or another worker), the older one stays.
 * If this attempt was cancelled or stood still meanwhile, ours goes in any case, because the other one is in use.
 *
 * Ignores the signal after it has sent the request, because a new thing must not stay behind unseen.
 */
export async function createOnce<T extends { readonly Tags?: Tag[] | undefined }>(
  creation: Creation<T>,
  options: CallOptions = {},
): Promise<string> {
  const startedMs = performance.now();
  const { signal, ...uninterrupted } = options;
  const ids = async (call: CallOptions): Promise<readonly string[]> =>
    oldestFirst(await creation.find(call), creation.id).flatMap((thing) => creation.id(thing) ?? []);
  const [known] = await ids(options);
  if (known !== undefined) return known;
  signal?.throwIfAborted();
  const listed = (isThere: (found: readonly string[]) => boolean): Promise<readonly string[]> =>
    untilListed(() => ids(uninterrupted), isThere, creation.lagMs);
  let made: string;
  try {
    made = await creation.create(uninterrupted);
  } catch (error) {
    const [found] = outcomeIsUnknown(error) ? await listed((all) => all.length > 0) : [];
    if (found === undefined) throw error;
    return found;
  }
  const overtaken = signal?.aborted === true || performance.now() - startedMs > overtakenMs;
  // by then EC2 lists an older one, too
  const found = await listed((all) => all.includes(made));
  const kept = (overtaken ? found.find((id) => id !== made) : found[0]) ?? made;
  if (kept === made) return made;
  options.onProgress?.(`${made}: removed again, because ${kept} ${overtaken ? 'is in use' : 'is older'}`);
  await creation.remove(made, uninterrupted).catch((error: unknown) => {
    if (!isGone(refusalCode(error) ?? '')) throw error;
  });
  await delay(creation.settleMs ?? settleMs, undefined, signal === undefined ? {} : { signal });
  return createOnce(creation, options);
}

function outcomeIsUnknown(error: unknown): boolean {
  if (!(error instanceof RolloutError)) return false;
  return error.type === 'AwsUnavailable' || isAlreadyThere(refusalCode(error) ?? '');
}
