/** Looks for the things with these names; without names, for all things. */
export type Lookup<Fact> = (names?: readonly string[]) => Promise<readonly Fact[]>;

interface Gathering<Fact> {
  /** `undefined` means all names. */
  names: readonly string[] | undefined;
  readonly result: Promise<readonly Fact[]>;
}

/**
 * Lets many callers share one lookup. At most one lookup is under way. Later callers wait for the next lookup, which
 * starts when this one ends and asks for the names of all of them. So every caller sees all changes from before its
 * call. Nodes that wait at the same time need one request, far below EC2's rate limits. The request is as large as the
 * wanted names, not as the cluster. A caller may get other names beside its own.
 */
export function shareLookups<Fact>(lookUp: Lookup<Fact>): Lookup<Fact> {
  let running: Promise<readonly Fact[]> | undefined;
  let next: Gathering<Fact> | undefined;

  function start(names: readonly string[] | undefined): Promise<readonly Fact[]> {
    const current = lookUp(names).finally(() => {
      if (running === current) running = undefined;
    });
    running = current;
    return current;
  }

  function gather(before: Promise<unknown>): Gathering<Fact> {
    const gathering: Gathering<Fact> = {
      names: [],
      result: before
        .catch(() => undefined)
        .then(() => {
          next = undefined;
          return start(gathering.names);
        }),
    };
    return gathering;
  }

  return (names) => {
    if (running === undefined) return start(names);
    next ??= gather(running);
    next.names = names === undefined || next.names === undefined ? undefined : [...new Set([...next.names, ...names])];
    return next.result;
  };
}
