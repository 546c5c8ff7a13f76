export interface PreviewOptions {
  /** Characters that may be shown, the sentence about what is left out not counted. */
  readonly longest: number;
  /** Where the whole text is: `sha256:…`. */
  readonly whole?: string | undefined;
}

/** Beginning and end of a text that is too long to be shown, and between them how much is left out and where it is. */
export function preview(text: string, { longest, whole }: PreviewOptions): string {
  if (text.length <= longest) return text;
  const half = Math.floor(longest / 2);
  return `${text.slice(0, half)} … ${leftOut(text.length - 2 * half, whole)} … ${text.slice(text.length - half)}`;
}

/** The end of a text that is too long, from the start of a line. A line above it says how much is left out. */
export function previewOfEnd(text: string, { longest, whole }: PreviewOptions): string {
  if (text.length <= longest) return text;
  const end = text.slice(text.length - longest);
  const shown = end.includes('\n') ? end.slice(end.indexOf('\n') + 1) : end;
  return `… ${leftOut(text.length - shown.length, whole)}\n${shown}`;
}

function leftOut(characters: number, whole: string | undefined): string {
  return `${characters} characters left out${whole === undefined ? '' : `, all of it: ${whole}`}`;
}
