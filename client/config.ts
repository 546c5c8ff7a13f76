import { hostname, userInfo } from 'node:os';

/** Whether the output may have colours: not with NO_COLOR (https://no-color.org), and not on a dumb terminal. */
export function wantsColor(): boolean {
  const { NO_COLOR = '', TERM } = process.env;
  return NO_COLOR === '' && TERM !== 'dumb';
}

/** `user@host`: the person who answers when `--by` names nobody. */
export function defaultBy(): string {
  return `${userInfo().username}@${hostname()}`;
}
