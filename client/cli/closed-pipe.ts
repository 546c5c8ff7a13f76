import { exitCodes } from '../exit-codes.js';

/**
 * How the program ends when its reader closes the pipe (`| head`). Who follows a roll-out leaves it, as after Ctrl-C; a worker
 * ends as well. `undefined` for any other command: it runs to its own exit code, which a script reads all the same.
 */
export function exitCodeOfClosedPipe([command, ...rest]: readonly string[]): number | undefined {
  const follows = command === 'up' || command === 'watch' || (command === 'status' && rest.some(isWatch));
  if (follows) return exitCodes.detached;
  return command === 'worker' ? exitCodes.done : undefined;
}

function isWatch(argument: string): boolean {
  return argument === '--watch' || argument === '-w';
}
