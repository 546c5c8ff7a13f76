import { InvalidArgumentError, type Command } from 'commander';

/**
 * Reads the text of `--reason`, without blanks at its ends. Fails, as a usage error, when there is no letter and no digit in
 * it: an advice that ends with `--reason "…"` was typed as it stands, and the history would say nothing.
 */
export function reasonText(text: string): string {
  if (/[\p{L}\p{N}]/u.test(text)) return text.trim();
  throw new InvalidArgumentError('Expected a reason in a few words.');
}

/** Adds `--reason` to a command whose action needs one: `requireReason` asks for it after the arguments were looked at. */
export function addReason(command: Command): Command {
  return command.option('--reason <text>', 'your reason; the history keeps it (required)', reasonText);
}

/** The reason, or a usage error: a wrong argument is told before it, as commander would not do. */
export function requireReason(command: Command, reason: string | undefined): string {
  return reason ?? command.error(`error: ${command.name()} needs a reason: --reason "…"`);
}
