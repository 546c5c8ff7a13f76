/** One line of `doctor`. */
export interface Check {
  readonly name: string;
  /** `missing` fails the doctor; the main path works without `optional`. */
  readonly state: 'ok' | 'missing' | 'optional';
  /** The version, or another observation. */
  readonly found: string;
  /** The place of the finding. */
  readonly from?: string;
  /** The command to type when the state is not ok. */
  readonly advice?: string;
}
