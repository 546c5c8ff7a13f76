import type { Command, Option } from 'commander';

/** The facts with which a shell completes a command. */
export interface CommandShape {
  readonly name: string;
  readonly does: string;
  readonly options: readonly OptionShape[];
  /** Words for its arguments: names of its subcommands, and choices. */
  readonly words: readonly { readonly word: string; readonly does: string }[];
  /** Whether one of its arguments is a file. */
  readonly takesFile: boolean;
  /** Its subcommands: `secret import`. */
  readonly commands: readonly CommandShape[];
}

export interface OptionShape {
  /** `--file`, and `-f` where there is one. */
  readonly flags: readonly string[];
  readonly does: string;
  /** The kind of value that the option takes. */
  readonly takes: 'nothing' | 'a file' | 'a word';
  readonly choices: readonly string[];
}

/** The shape of a program with all its commands. */
export function commandShape(command: Command): CommandShape {
  const commands = command.commands.map(commandShape);
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  return {
    name: command.name(),
    does: command.description(),
    options: [...command.options.map(optionShape), helpOption],
    words: [
      ...commands.map(({ name, does }) => ({ word: name, does })),
      ...choices.map((word) => ({ word, does: '' })),
    ],
    takesFile: command.registeredArguments.some((argument) => argument.name() === 'file'),
    commands,
  };
}

const helpOption: OptionShape = { flags: ['--help'], does: 'display help for command', takes: 'nothing', choices: [] };

function optionShape({ short, long, description, flags, argChoices = [] }: Option): OptionShape {
  const named = [long, short].flatMap((flag) => flag ?? []);
  const takes = /<file>/.test(flags) ? 'a file' : /[<[]/.test(flags) ? 'a word' : 'nothing';
  return { flags: named, does: description, takes, choices: argChoices };
}
