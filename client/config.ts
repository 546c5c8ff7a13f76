import { hostname, userInfo } from 'node:os';

/** Whether colours are wanted: not with NO_COLOR (https://no-color.org), not on a dumb terminal. */
export function wantsColor(): boolean {
  const { NO_COLOR = '', TERM } = process.env;
  return NO_COLOR === '' && TERM !== 'dumb';
}

/** `user@host`: who gives an answer when `--by` does not say so. */
export function defaultBy(): string {
  return `${userInfo().username}@${hostname()}`;
}
