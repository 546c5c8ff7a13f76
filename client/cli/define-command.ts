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

/** The exit code that a command sets. `main` reads it after closing everything. */
export interface CliRun {
  readonly session: Session;
  exitCode: number;
  /** The program with every command loaded, for commands that list all of them. */
  readonly wholeProgram?: () => Promise<Command>;
}

/** Adds a command of the list. Its usage errors show only the usage of this command. */
export function defineCommand(program: Command, name: CommandName): Command {
  return defineSubcommand(program, name, purposeOf(name));
}

/** Adds a subcommand in the same way: `secret import`. */
export function defineSubcommand(parent: Command, name: string, description: string): Command {
  const command = parent
    .command(name)
    .description(description)
    .option('--json', 'print JSON')
    .addOption(
      new Option('-o, --output <form>', 'output format: `json` means the same as --json').choices(['text', 'json']),
    );
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

/** The words that a person types after the name of the program: `secret import`. */
function nameOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

/** Runs a command to its exit code. Turns every error into one line, an advice and an exit code. */
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
