const encodedLength = [0x80, 0x800, 0x10000];

/** How many bytes a text has in UTF-8. */
export function byteLength(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += bytesOf(character);
  return bytes;
}

/**
 * The beginning of a text that has at most so many bytes in UTF-8, with `…` at its end where something was left out.
 * Limits of the Temporal server are in bytes, and a mark or a Korean letter has three.
 */
export function fitBytes(text: string, mostBytes: number): string {
  // no character has more than three bytes for each of its code units
  if (text.length * 3 <= mostBytes) return text;
  let bytes = 0;
  let end = 0;
  let endWithEllipsis = 0;
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > mostBytes) return `${text.slice(0, endWithEllipsis)}…`;
    end += character.length;
    if (bytes <= mostBytes - 3) endWithEllipsis = end;
  }
  return text;
}

/** As many lines as fit into so many bytes, then one that says how many more there are. Lines that do not fit are not made. */
export function fitLines<Item>(
  items: readonly Item[],
  line: (item: Item) => string,
  { mostBytes, more }: { readonly mostBytes: number; readonly more: (left: number) => string },
): readonly string[] {
  const lines: string[] = [];
  let bytes = byteLength(more(items.length));
  for (const [index, item] of items.entries()) {
    const next = line(item);
    bytes += byteLength(next) + 1;
    if (bytes > mostBytes) return [...lines, more(items.length - index)];
    lines.push(next);
  }
  return lines;
}

function bytesOf(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  return 1 + encodedLength.filter((first) => point >= first).length;
}
