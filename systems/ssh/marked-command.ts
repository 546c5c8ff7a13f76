/** A command whose own output can be told from what a login shell prints before and after it. */
export interface MarkedCommand {
  /** What is to be run instead, by a login shell of whatever kind. */
  readonly command: string;
  /** What the command itself printed, of all that came back; `undefined` when it was never begun. */
  outputIn(stdout: string): string | undefined;
}

/** Puts a command between two marks. `id` is letters and digits that nothing else prints. */
export function markedCommand(command: string, id: string): MarkedCommand {
  const [begin, end] = [`groundswell ${id} begins`, `groundswell ${id} has ended`];
  const script = `echo '${begin}'\n(${command}\n)\ncode=$?\necho '${end}'\nexit $code`;
  return {
    command: `exec sh -c ${quoted(script)}`,
    outputIn(stdout) {
      const at = stdout.indexOf(`${begin}\n`);
      if (at < 0) return undefined;
      const rest = stdout.slice(at + begin.length + 1);
      const last = rest.lastIndexOf(end);
      // a command that a signal ended has no second mark
      return last < 0 ? rest : rest.slice(0, last);
    },
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
