/** How soon a host that does not answer is given up. */
export interface ConnectionPace {
  /** How long a connection may take to be made, login included. */
  readonly connectSeconds: number;
  /** How often a host that is silent is asked whether it is still there. */
  readonly aliveSeconds: number;
  /** How many such questions may stay without an answer. */
  readonly aliveCount: number;
}

/**
 * A host that is cut off or hangs is noticed within 20 s, busy or not: without the questions, nobody ever would. A short
 * break of the network ends nothing.
 */
export const connectionPace: ConnectionPace = { connectSeconds: 20, aliveSeconds: 5, aliveCount: 3 };
