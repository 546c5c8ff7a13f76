import stringWidth from 'string-width';

/** How many cells of a terminal a text takes: two for a Hangul syllable or an emoji, none for a combining mark. */
export function cellsOf(text: string): number {
  return stringWidth(text);
}

/** How many cells the widest of these texts takes; 0 of none. */
export function widestOf(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(cellsOf));
}

/** The text with blanks behind it, up to so many cells. A wider text stays as it is. */
export function padEndCells(text: string, cells: number): string {
  return `${text}${blanks(cells - cellsOf(text))}`;
}

/** The text with blanks before it, up to so many cells. A wider text stays as it is. */
export function padStartCells(text: string, cells: number): string {
  return `${blanks(cells - cellsOf(text))}${text}`;
}

/** The beginning of a text in at most so many cells; where that is not all of it, it ends with `…`. */
export function cutCells(text: string, cells: number): string {
  if (cellsOf(text) <= cells) return text;
  let kept = '';
  let left = cells - 1;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    left -= cellsOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}

function blanks(cells: number): string {
  return ' '.repeat(Math.max(0, cells));
}
