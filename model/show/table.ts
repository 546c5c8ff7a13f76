import { padEndCells, padStartCells, widestOf } from './cells.js';

/** How a table looks. */
export interface TableOptions {
  /** What each row begins with. Default: nothing. */
  readonly indent?: string;
  /** Columns whose cells stand at their right end: numbers. Default: none. */
  readonly right?: (column: number) => boolean;
}

/** Rows with columns as wide as their widest cell, two blanks between them, and no blanks at their ends. */
export function alignColumns(rows: readonly (readonly string[])[], options: TableOptions = {}): readonly string[] {
  const { indent = '', right = () => false } = options;
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) => widestOf(rows.map((row) => row[column] ?? '')));
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return right(column) ? padStartCells(cell, width) : padEndCells(cell, width);
    });
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

/** Rows as one text: the first column to the left, the others, which are numbers, to the right. */
export function alignNumbers(rows: readonly (readonly string[])[]): string {
  return alignColumns(rows, { right: (column) => column > 0 }).join('\n');
}
