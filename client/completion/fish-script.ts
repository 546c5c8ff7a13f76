import type { CommandShape, OptionShape } from './command-shape.js';

/** A completion script for fish, for a file in `~/.config/fish/completions`. */
export function fishScript(program: CommandShape): string {
  const top = '__fish_use_subcommand';
  return [
    '# completion of groundswell for fish: groundswell completion fish > ~/.config/fish/completions/groundswell.fish',
    'complete -c groundswell -f',
    ...program.options.map((option) => optionLine(top, option)),
    ...program.words.map(({ word, does }) => wordLine(top, word, does)),
    ...program.commands.flatMap((command) => commandLines(command)),
    '',
  ].join('\n');
}

function commandLines(command: CommandShape, outer = ''): readonly string[] {
  const seen = `${outer}__fish_seen_subcommand_from ${command.name}`;
  const names = command.commands.map(({ name }) => name).join(' ');
  const before = names === '' ? seen : `${seen}; and not __fish_seen_subcommand_from ${names}`;
  return [
    ...command.options.map((option) => optionLine(seen, option)),
    ...command.words.map(({ word, does }) => wordLine(before, word, does)),
    ...(command.takesFile ? [`complete -c groundswell -n ${quoted(seen)} -F`] : []),
    ...command.commands.flatMap((sub) => commandLines(sub, `${seen}; and `)),
  ];
}

function optionLine(when: string, { flags, does, takes, choices }: OptionShape): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(' ');
  const value =
    takes === 'nothing'
      ? ''
      : takes === 'a file'
        ? ' -r -F'
        : ` -x${choices.length === 0 ? '' : ` -a ${quoted(choices.join(' '))}`}`;
  return `complete -c groundswell -n ${quoted(when)} ${names}${value} -d ${quoted(does)}`;
}

function wordLine(when: string, word: string, does: string): string {
  return `complete -c groundswell -n ${quoted(when)} -a ${word}${does === '' ? '' : ` -d ${quoted(does)}`}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
