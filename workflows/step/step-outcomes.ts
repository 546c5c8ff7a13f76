/** Ends by what ended several things that ran side by side: by an abort before anything else. */
export function rethrowMostSevere(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const rejected = outcomes.filter((outcome) => outcome.status === 'rejected');
  const worst =
    rejected.find(({ reason }) => reason instanceof Aborted) ??
    rejected.find(({ reason }) => !(reason instanceof Stopped)) ??
    rejected[0];
  if (worst !== undefined) throw worst.reason;
}

/** No new step begins because somebody asked to stop. */
export class Stopped extends Error {}
/** A person answered `abort`. */
export class Aborted extends Error {}
/** A person answered `skip`. */
export class Skipped extends Error {}
/** A person answered `replace`, and named what is lost. */
export class Replaced extends Error {
  /** Names as they were typed; none where nothing had to be. */
  readonly confirmed: readonly string[];
  constructor(message: string, confirm = '') {
    super(message);
    this.confirmed = confirm
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  }
}
/** A person approved another plan, by which the steps begin from the first. */
export class Amended extends Error {}
