import type { TextStream } from '../../client/output.js';

/** A stream that keeps what is written to it. */
export interface CapturedStream extends TextStream {
  readonly text: () => string;
}

/** A pipe by default; a terminal when it is given a size. */
export function captured(size?: { readonly columns: number; readonly rows: number }): CapturedStream {
  let all = '';
  return {
    write: (text) => {
      all += text;
    },
    text: () => all,
    ...(size === undefined ? {} : { isTTY: true, ...size }),
  };
}
