import type { Client } from '@temporalio/client';
import { Command } from 'commander';
import type { CliRun } from '../../client/cli/define-command.js';
import { connectToTemporal } from '../../client/runs/connection.js';
import { createOutput } from '../../client/output.js';
import type { Session } from '../../client/session.js';
import type { Target } from '../../installation/target.js';
import { captured } from './captured-streams.js';

export interface CommandEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of the CLI against a target of the test, whatever this clone and its environment are about. */
export async function runCommand(
  target: Target,
  add: (program: Command, run: CliRun) => void,
  args: readonly string[],
  stdout = captured(),
  /** What a person at the terminal answers; without it nobody can be asked. */
  answer?: boolean | string,
): Promise<CommandEnd> {
  const stderr = captured();
  let client: Promise<Client> | undefined;
  const session: Session = {
    output: createOutput({ stdout, stderr, color: false }),
    canAsk: answer !== undefined,
    ask: async () => answer === true,
    askText: async () => (typeof answer === 'string' ? answer : undefined),
    target: async () => target,
    connect: () => (client ??= connectToTemporal(target)),
    close: async () => (await client)?.connection.close(),
  };
  const run: CliRun = { session, exitCode: -1 };
  const program = new Command('groundswell').enablePositionalOptions().exitOverride();
  add(program, run);
  await program.parseAsync(args, { from: 'user' });
  await session.close();
  return { exitCode: run.exitCode, stdout: stdout.text(), stderr: stderr.text() };
}
