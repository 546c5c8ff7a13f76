/** A look at the server that a worker repeats. */
export interface Looking {
  /** Makes no new look, and waits for the end of the one that runs. */
  end(): Promise<void>;
}

/** A person takes minutes to answer, so more frequent looks would help nobody. */
const everyMs = 15_000;

/** Looks at once and every 15 seconds. A look that fails, as while the server is away, is forgotten: the next one decides. */
export function lookAgainAndAgain(look: () => Promise<void>): Looking {
  let looking = look().catch(() => undefined);
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined);
  }, everyMs);
  return {
    async end() {
      clearInterval(timer);
      await looking;
    },
  };
}
