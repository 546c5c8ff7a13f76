/** One line of `doctor`. */
export interface Check {
  readonly name: string;
  /** `missing` fails the doctor; `optional` is something that the main path does without. */
  readonly state: 'ok' | 'missing' | 'optional';
  /** Version, or what was seen. */
  readonly found: string;
  /** Where it was found. */
  readonly from?: string;
  /** What to type when it is not ok. */
  readonly advice?: string;
}
