/** What a piece of text means; the writer decides whether that becomes a colour. */
export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'busy' | 'bad';
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}
/** One line for people. */
export type Line = readonly Span[];

/** Plain text as a line's part. */
export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}
