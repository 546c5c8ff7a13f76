import { InvalidArgumentError, type Command } from 'commander';

/**
 * Reads the text of `--reason`, without blanks at its ends. Fails with a usage error when the text has no letter and no
 * digit. A person who copies the advice `--reason "…"` as it stands would put no reason into the history.
 */
export function reasonText(text: string): string {
  if (/[\p{L}\p{N}]/u.test(text)) return text.trim();
  throw new InvalidArgumentError('Expected a reason in a few words.');
}

/**
 * Adds `--reason` to a command whose action needs one: `requireReason` asks for it after the check of the arguments.
 */
export function addReason(command: Command): Command {
  return command.option('--reason <text>', 'your reason; the history keeps it (required)', reasonText);
}

/**
 * Returns the reason, or fails with a usage error. A wrong argument is reported before a missing reason; commander
 * would do the opposite.
 */
export function requireReason(command: Command, reason: string | undefined): string {
  return reason ?? command.error(`error: ${command.name()} needs a reason: --reason "…"`);
}
