import { Option, type Command } from 'commander';
import type { Session } from '../session.js';
import { purposeOf, type CommandName } from './command-list.js';

/** Options that every command has. */
export interface SharedOptions {
  readonly json?: boolean;
}

/** Options of commands that are about one cluster. */
export interface ClusterOptions extends SharedOptions {
  readonly cluster?: string;
}

/** How commands end the program: `main` reads the code when everything is closed. */
export interface CliRun {
  readonly session: Session;
  exitCode: number;
  /** The program with every command loaded, for who tells all of them. */
  readonly wholeProgram?: () => Promise<Command>;
}

/** Adds a command of the list, whose usage errors show its own usage and nothing else. */
export function defineCommand(program: Command, name: CommandName): Command {
  return defineSubcommand(program, name, purposeOf(name));
}

/** The same for a command of another one: `secret import`. */
export function defineSubcommand(parent: Command, name: string, description: string): Command {
  const command = parent
    .command(name)
    .description(description)
    .option('--json', 'print JSON')
    .addOption(new Option('-o, --output <form>', '`json` is the same as --json').choices(['text', 'json']));
  command.on('option:output', (form: string) => command.setOptionValue('json', form === 'json'));
  return withOwnUsage(command);
}

/** A command whose usage errors show its own usage and nothing else. */
export function withOwnUsage(command: Command): Command {
  return command.configureOutput({
    outputError: (text, write) => {
      write(`${text.trimEnd()}\nusage: groundswell ${nameOf(command)} ${command.usage()}\n`);
    },
  });
}

/** The name as it is typed after the program's: `secret import`. */
function nameOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

/** Runs a command to its exit code. Every error ends here: one line, an advice, an exit code. */
export async function perform(
  run: CliRun,
  options: SharedOptions,
  act: (session: Session) => Promise<number>,
): Promise<void> {
  const { session } = run;
  if (options.json === true) session.output.useJson();
  try {
    run.exitCode = await act(session);
  } catch (error) {
    const { explainError } = await import('../explain-error.js');
    const explanation = explainError(error);
    session.output.endRedraw();
    session.output.error(explanation);
    run.exitCode = explanation.exitCode;
  }
}
