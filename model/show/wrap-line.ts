import { cellsOf } from './cells.js';
import { span, type Line, type Span } from './line.js';

/** Blanks before the second and later rows of a line that has none at its beginning. */
const usualIndent = 8;

/**
 * A line in rows of at most so many cells, broken at its blanks; later rows begin below its first word, or a little to the
 * right. A word that is wider than a row stays whole.
 */
export function wrapLine(line: Line, cells: number): readonly Line[] {
  if (cellsOf(textOf(line)) <= cells) return [line];
  const indent = /^ */.exec(textOf(line))?.[0] ?? '';
  const begin = span(indent === '' ? ' '.repeat(usualIndent) : indent);
  const rows: Span[][] = [[]];
  let used = 0;
  for (const word of line.flatMap(wordsOf)) {
    const row = rows.at(-1) ?? [];
    const fits = used === 0 || used + cellsOf(word.text.trimEnd()) <= cells;
    if (fits) row.push(word);
    else rows.push([begin, word]);
    used = (fits ? used : cellsOf(begin.text)) + cellsOf(word.text);
  }
  return rows;
}

/** Its words, each with the blanks behind it; blanks at its beginning belong to the first. */
function wordsOf({ text, tone }: Span): readonly Span[] {
  return (text.match(/^ *\S* *|\S+ */g) ?? []).filter((word) => word !== '').map((word) => span(word, tone));
}

function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}
