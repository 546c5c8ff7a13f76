/** A command with marks around its output, which separate it from the output of the login shell. */
export interface MarkedCommand {
  /** The marked command, for a login shell of any kind. */
  readonly command: string;
  /** Returns the command's own part of the output; `undefined` when the command never started. */
  outputIn(stdout: string): string | undefined;
}

/** Puts a command between two marks. `id` consists of letters and digits that nothing else prints. */
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
      // after a signal, the output of a command has no second mark
      return last < 0 ? rest : rest.slice(0, last);
    },
  };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
