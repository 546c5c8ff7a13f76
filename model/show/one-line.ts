/** A text of several lines as one. `joint` stands where a line ended; default a blank. */
export function oneLine(text: string, joint = ' '): string {
  return text.trim().replaceAll(/\s*\n\s*/g, joint);
}

/** What a tool says, as one line of at most so many characters, with no two blanks together. */
export function shortLine(text: string, longest: number): string {
  return text.trim().replaceAll(/\s+/g, ' ').slice(0, longest);
}
