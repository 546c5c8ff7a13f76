/** How soon a connection to a silent host ends. */
export interface ConnectionPace {
  /** How long the start of a connection may take, with the login. */
  readonly connectSeconds: number;
  /** Pause between two questions to a silent host. */
  readonly aliveSeconds: number;
  /** How many such questions may have no answer. */
  readonly aliveCount: number;
}

/**
 * These values detect a cut-off or hung host within 20 s, busy or not; without the questions, nobody would ever notice.
 * A short break of the network ends no connection.
 */
export const connectionPace: ConnectionPace = { connectSeconds: 20, aliveSeconds: 5, aliveCount: 3 };
