import type { Client } from '@temporalio/client';
import type { Target } from '../installation/target.js';
import type { Output } from './output.js';

/** The tools of one run of the CLI. */
export interface Session {
  readonly output: Output;
  /** Whether a person can be asked: stdin and stdout are terminals. */
  readonly canAsk: boolean;
  /**
   * Asks a yes-or-no question on the terminal; Enter means no. Returns `undefined` when the person presses Ctrl-C or
   * Ctrl-D.
   */
  ask(question: string): Promise<boolean | undefined>;
  /** Asks for a text on the terminal. `undefined` when the person pressed Ctrl-C or Ctrl-D. */
  askText(question: string): Promise<string | undefined>;
  /** The target of this command; without a configuration, the embedded server of this clone if it runs. */
  target(): Promise<Target>;
  /** Connects once, and names the target on stderr. Fails with `TemporalUnreachable`. */
  connect(): Promise<Client>;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** Creates a session of this process. The modules that reach the target load when a command needs them. */
export function createSession(options: { readonly output: Output; readonly canAsk: boolean }): Session {
  let known: Promise<Target> | undefined;
  let client: Promise<Client> | undefined;
  const session: Session = {
    ...options,
    ask: async (question) => (await import('./ask-on-terminal.js')).askOnTerminal(question),
    askText: async (question) => (await import('./ask-on-terminal.js')).askTextOnTerminal(question),
    target() {
      known ??= import('./current-target.js').then(({ currentTarget }) => currentTarget(options.output));
      return known;
    },
    connect() {
      client ??= session.target().then(async (target) => {
        const { connectToTemporal, targetLine } = await import('./runs/connection.js');
        if (target.temporal.address !== '') options.output.note(targetLine(target));
        return connectToTemporal(target);
      });
      return client;
    },
    async close() {
      if (client !== undefined)
        await client.then(
          ({ connection }) => connection.close(),
          () => undefined,
        );
    },
  };
  return session;
}
