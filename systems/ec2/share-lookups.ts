/** Looks for what has these names; for everything without names. */
export type Lookup<Fact> = (names?: readonly string[]) => Promise<readonly Fact[]>;

interface Gathering<Fact> {
  /** `undefined`: everything. */
  names: readonly string[] | undefined;
  readonly result: Promise<readonly Fact[]>;
}

/**
 * Lets many callers share one lookup. At most one is under way; who comes meanwhile waits for the next one, which starts
 * when it ends, asks for the names of all who wait, and so sees whatever was done before it was asked for. Keeps nodes
 * that wait at the same time at one request, far from EC2's rate limits, and a request as large as what is asked for,
 * however large the cluster is. A caller may be told of other names than its own.
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
