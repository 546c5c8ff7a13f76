import { setTimeout as delay } from 'node:timers/promises';
import type { Tag } from '@aws-sdk/client-ec2';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import { refusalCode } from './call-ec2.js';
import { isAlreadyThere, isGone } from './classify-failure.js';
import { oldestFirst } from './ownership-tags.js';
import { untilListed } from './until-listed.js';

/** A thing that EC2 creates without a ClientToken: how it is found, made and, where it is one too many, removed. */
export interface Creation<T> {
  /** Finds ours, by tags. */
  readonly find: (options: CallOptions) => Promise<readonly T[]>;
  /** Sends the request once and returns the id of what was made. */
  readonly create: (options: CallOptions) => Promise<string>;
  /** Removes one that this very call made and that turned out to be the second. */
  readonly remove: (id: string, options: CallOptions) => Promise<unknown>;
  readonly id: (thing: T) => string | undefined;
  /** How long to wait after a removal before it is looked again. Default 3 s. */
  readonly settleMs?: number;
  /** How long it is looked for what was made, or what may have been, before it counts as not listed. Default 20 s. */
  readonly lagMs?: number;
}

/** A creation that took longer may have been overtaken: others have looked in between, and built on what they found. */
const overtakenMs = 10_000;
/** After one of two was removed: whoever made the other one may have removed that at the same moment. */
const settleMs = 3_000;

/**
 * Finds a thing or makes it, such that one is left. After an unknown outcome it is looked for again, until EC2's lag is
 * over. When another one shows up after ours was made (a lost answer, or another worker), the older one stays; ours goes in
 * any case when this attempt was given up meanwhile, or stood still: then the other one is in use. Returns the id.
 *
 * Once the request is on its way the signal is not heeded any more: what was made must not stay behind unseen.
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
  // an older one is listed by then, too
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
