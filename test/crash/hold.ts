import { isRecord } from '../../model/json/is-record.js';
import type { OutsideCall, Passage } from '../../rehearsal/simulated/serve-systems.js';
import { isCallOf, type EffectCall } from './moments.js';

/** Holds one call up before the outside performs it, until it is released. */
export interface Hold {
  readonly passage: Passage;
  /** The call is there. */
  readonly reached: Promise<unknown>;
  /** The same thing is asked for a second time; that call is not held. */
  readonly repeated: Promise<unknown>;
  release(): void;
}

/** Holds the first call of an effect that is about something else than `after` calls before it were about. */
export function createHold(effect: EffectCall, { after = 0 }: { readonly after?: number } = {}): Hold {
  const [reached, repeated, released] = [
    Promise.withResolvers<undefined>(),
    Promise.withResolvers<undefined>(),
    Promise.withResolvers<undefined>(),
  ];
  const passed = new Set<string>();
  let held: string | undefined;
  return {
    reached: reached.promise,
    repeated: repeated.promise,
    release: () => {
      released.resolve(undefined);
    },
    async passage(call, perform) {
      if (!isCallOf(effect, call)) return perform();
      const subject = subjectOf(call);
      if (held === subject) repeated.resolve(undefined);
      if (held !== undefined || passed.has(subject)) return perform();
      if (passed.size < after) {
        passed.add(subject);
        return perform();
      }
      held = subject;
      reached.resolve(undefined);
      await released.promise;
      return perform();
    },
  };
}

/** What a call is about: a node, a unit, a part of the network. */
function subjectOf({ args }: OutsideCall): string {
  for (const arg of args.toReversed()) {
    if (!isRecord(arg)) continue;
    const { host, metadata, node, kind, zone } = arg;
    if (isRecord(host)) return String(host['node']);
    if (isRecord(metadata) && isRecord(metadata['labels'])) return String(metadata['labels']['groundswell.dev/unit']);
    if (typeof node === 'string') return node;
    if (typeof kind === 'string') return `${kind} ${String(zone)}`;
  }
  return '';
}
