import cliTruncate from 'cli-truncate';
import { span, type Line, type Tone } from '../model/show/line.js';
import type { Explanation } from './explain-error.js';

/** A stream for an output, such as `process.stdout` and `process.stderr`. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** The only writer to stdout and stderr. Results go to stdout; progress and remarks go to stderr. */
export interface Output {
  /** Whether stdout is a terminal and the command prints no JSON. */
  readonly interactive: boolean;
  /** Rows of the terminal; 24 when unknown. */
  readonly rows: number;
  /** Columns of the terminal; unlimited without a terminal, as in a pipe. */
  readonly columns: number;
  /** Reserves stdout for JSON from now on: drops lines, and sends progress to stderr. */
  useJson(): void;
  /** Writes a result for people. */
  line(line: Line | string): void;
  lines(lines: readonly (Line | string)[]): void;
  /** Writes a table. Cuts rows at the width of the terminal, so that its columns stay readable. */
  table(lines: readonly Line[]): void;
  /** Writes the progress of a command. */
  progress(line: Line | string): void;
  /** Writes a remark to stderr. */
  note(line: Line | string): void;
  /** Writes the one JSON document of a command. Does nothing without `--json`. */
  json(value: unknown): void;
  /** Writes one line of NDJSON. Does nothing without `--json`. */
  ndjson(value: unknown): void;
  /** Writes a document unchanged, with or without `--json`: a schema. */
  raw(text: string): void;
  /** Writes a document for people and for programs that want no JSON: a kubeconfig. */
  text(text: string): void;
  /** Draws lines over the lines of the last call. Works only on a terminal. */
  redraw(lines: readonly Line[]): void;
  /** Keeps the last drawing, and continues below it. */
  endRedraw(): void;
  error(explanation: Explanation): void;
}

const codes: Readonly<Record<Tone, string>> = {
  plain: '',
  strong: '\u001b[1m',
  dim: '\u001b[2m',
  good: '\u001b[32m',
  busy: '\u001b[36m',
  bad: '\u001b[31m',
};
const reset = '\u001b[0m';
const clearToLineEnd = '\u001b[K';
const clearBelow = '\u001b[J';

/** Creates an output on two streams. Uses colours only if the stream is a terminal and `color` is true. */
export function createOutput(streams: {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly color: boolean;
}): Output {
  const { stdout, stderr, color } = streams;
  const terminal = stdout.isTTY === true;
  let json = false;
  let drawnRows = 0;

  const write = (stream: TextStream, line: Line | string): void => {
    stream.write(`${paint(line, color && stream.isTTY === true)}\n`);
  };
  const upToFirst = (): string => (drawnRows === 0 ? '' : `\u001b[${String(drawnRows)}A`);
  const output: Output = {
    get interactive() {
      return terminal && !json;
    },
    get rows() {
      return stdout.rows ?? 24;
    },
    get columns() {
      return terminal ? (stdout.columns ?? 80) : Infinity;
    },
    useJson() {
      json = true;
    },
    line(line) {
      if (json) return;
      output.redraw([]);
      write(stdout, line);
    },
    lines(lines) {
      for (const line of lines) output.line(line);
    },
    table(lines) {
      if (json) return;
      output.redraw([]);
      for (const line of lines) stdout.write(`${terminal ? cut(line, output.columns, color) : paint(line, false)}\n`);
    },
    progress(line) {
      if (json) write(stderr, line);
      else output.line(line);
    },
    note(line) {
      write(stderr, line);
    },
    json(value) {
      if (json) stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
    ndjson(value) {
      if (json) stdout.write(`${JSON.stringify(value)}\n`);
    },
    raw(text) {
      stdout.write(text);
    },
    text(text) {
      if (!json) stdout.write(text);
    },
    redraw(lines) {
      if (!output.interactive || (lines.length === 0 && drawnRows === 0)) return;
      const painted = lines.map((line) => cut(line, output.columns - 1, color));
      const fitting = fit(painted, output.rows - 1, color);
      const rows = fitting.map((line) => `${line}${clearToLineEnd}\n`);
      // One write, without clearing first: the terminal never shows a half-drawn table, and keeps no old table.
      stdout.write(`\r${upToFirst()}${rows.join('')}${clearBelow}`);
      drawnRows = fitting.length;
    },
    endRedraw() {
      drawnRows = 0;
    },
    error(explanation) {
      const { type, message, advice, details, exitCode } = explanation;
      if (details !== undefined) write(stderr, [span(details.trimEnd(), 'dim')]);
      write(stderr, [span(`error: ${message}`, 'bad'), span(advice === undefined ? '' : ` → ${advice}`)]);
      output.json({ error: { type, message, ...(advice === undefined ? {} : { advice }), exitCode } });
    },
  };
  return output;
}

/** Control characters, with which foreign text could move the cursor, ring, or change colours. */
const controls = /[^\P{Cc}\n\t]/gu;

function paint(line: Line | string, color: boolean): string {
  const spans = typeof line === 'string' ? [span(line)] : line;
  const painted = spans.map(({ text: given, tone }) => {
    const text = given.replace(controls, '');
    return color && text !== '' && tone !== 'plain' ? `${codes[tone]}${text}${reset}` : text;
  });
  return painted.join('').trimEnd();
}

/**
 * Cuts a line to one row of the screen. Turns line breaks and tabs into blanks, because they would need more than one
 * row.
 */
function cut(line: Line, cells: number, color: boolean): string {
  const row = line.map(({ text, tone }) => span(text.replace(/[\t\n]+/g, ' '), tone));
  return cliTruncate(paint(row, color), cells);
}

/** Cuts rows to the height of the screen, so that the cursor can move back over all of them. */
function fit(rows: readonly string[], most: number, color: boolean): readonly string[] {
  if (rows.length <= most) return rows;
  const left = `… ${String(rows.length - most + 1)} more lines`;
  return [...rows.slice(0, most - 1), paint([span(left, 'dim')], color)];
}
