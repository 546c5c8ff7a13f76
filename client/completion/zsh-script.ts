import type { CommandShape, OptionShape } from './command-shape.js';

/** A completion script for zsh. The shell evaluates it, or finds it as `_groundswell` in a folder of `fpath`. */
export function zshScript(program: CommandShape): string {
  return `#compdef groundswell
# completion of groundswell for zsh; in ~/.zshrc, below compinit: source <(groundswell completion zsh)
_groundswell() {
  local -a candidates
  local prev=$words[CURRENT-1] files=no
  if (( CURRENT == 2 )); then
    ${candidates(program)}
    _describe 'command' candidates
    return
  fi
  case $words[2] in
${program.commands.flatMap((command) => caseOf(command, 3)).join('\n')}
    *) return ;;
  esac
  _describe 'groundswell' candidates
  if [[ $files == yes ]]; then _files; fi
}
compdef _groundswell groundswell
`;
}

function caseOf(command: CommandShape, place: number): readonly string[] {
  const inner =
    command.commands.length === 0
      ? []
      : [
          `if (( CURRENT > ${place} )); then`,
          `  case $words[${place}] in`,
          ...command.commands.flatMap((sub) => caseOf(sub, place + 1)),
          '  esac',
          'fi',
        ];
  return [
    `    (${command.name})`,
    ...[candidates(command), `files=${command.takesFile ? 'yes' : 'no'}`, ...valueCases(command), ...inner].map(
      (line) => `      ${line}`,
    ),
    '      ;;',
  ];
}

function valueCases({ options }: CommandShape): readonly string[] {
  const taking = options.filter(({ takes }) => takes !== 'nothing');
  return taking.length === 0 ? [] : ['case $prev in', ...taking.map(valueCase), 'esac'];
}

function valueCase({ flags, takes, choices }: OptionShape): string {
  const reply =
    takes === 'a file' ? '_files' : choices.length === 0 ? ':' : `compadd -- ${choices.map(quoted).join(' ')}`;
  return `  (${flags.join('|')}) ${reply}; return ;;`;
}

function candidates({ words, options }: CommandShape): string {
  const all = [
    ...words.map(({ word, does }) => [word, does] as const),
    ...options.flatMap(({ flags, does }) => flags.map((flag) => [flag, does] as const)),
  ];
  return `candidates=(${all.map(([word, does]) => quoted(`${word}:${does}`)).join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
