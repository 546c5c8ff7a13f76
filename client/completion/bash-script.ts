import type { CommandShape, OptionShape } from './command-shape.js';

/** A completion script for bash. The shell evaluates it: `source <(groundswell completion bash)`. */
export function bashScript(program: CommandShape): string {
  return `# completion of groundswell for bash; in ~/.bashrc: source <(groundswell completion bash)
_groundswell() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local command=\${COMP_WORDS[1]} words files=no
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W ${quoted(wordsOf(program))} -- "$cur"))
    return
  fi
  case "$command" in
${program.commands.flatMap((command) => caseOf(command, 2)).join('\n')}
    *) return ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ $files == yes && $cur != -* ]]; then COMPREPLY+=($(compgen -f -- "$cur")); fi
}
complete -F _groundswell groundswell
`;
}

function caseOf(command: CommandShape, depth: number): readonly string[] {
  const inner =
    command.commands.length === 0
      ? []
      : [
          `if ((COMP_CWORD > ${depth})); then`,
          `  case "\${COMP_WORDS[${depth}]}" in`,
          ...command.commands.flatMap((sub) => caseOf(sub, depth + 1)),
          '  esac',
          'fi',
        ];
  return [
    `    ${command.name})`,
    ...[
      `words=${quoted(wordsOf(command))}`,
      `files=${command.takesFile ? 'yes' : 'no'}`,
      ...valueCases(command),
      ...inner,
    ].map((line) => `      ${line}`),
    '      ;;',
  ];
}

/** Cases for the word after an option that takes a value: its choices, files, or nothing that a shell knows. */
function valueCases({ options }: CommandShape): readonly string[] {
  const taking = options.filter(({ takes }) => takes !== 'nothing');
  if (taking.length === 0) return [];
  return ['case "$prev" in', ...taking.map(valueCase), 'esac'];
}

function valueCase({ flags, takes, choices }: OptionShape): string {
  const reply = takes === 'a file' ? '$(compgen -f -- "$cur")' : `$(compgen -W ${quoted(choices)} -- "$cur")`;
  return `  ${flags.join(' | ')}) COMPREPLY=(${reply}); return ;;`;
}

function wordsOf({ options, words }: CommandShape): readonly string[] {
  return [...words.map(({ word }) => word), ...options.flatMap(({ flags }) => flags)];
}

function quoted(words: readonly string[]): string {
  return `'${words.join(' ')}'`;
}
