import { Command, CommanderError, type Argument } from 'commander';
import { ownVersion } from '../../installation/own-version.js';
import { exitCodes } from '../exit-codes.js';
import { createOutput, type TextStream } from '../output.js';
import { createSession } from '../session.js';
import { commandList } from './command-list.js';
import type { CliRun } from './define-command.js';
import { loadCommand } from './load-command.js';

export interface CliStreams {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly color: boolean;
  /** Whether a person can be asked. */
  readonly canAsk: boolean;
}

/** Runs one command line (without program name) and returns its exit code. Never throws. */
export async function runCli(args: readonly string[], streams: CliStreams): Promise<number> {
  const output = createOutput(streams);
  const session = createSession({ output, canAsk: streams.canAsk });
  const run: CliRun = { session, exitCode: exitCodes.done, wholeProgram: () => wholeProgram(run, streams) };
  try {
    const program = createProgram(streams);
    await addCommands(program, run, args);
    await program.parseAsync(args, { from: 'user' });
    return run.exitCode;
  } catch (error) {
    // commander has already printed the problem; help and version are no errors
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const { explainError } = await import('../explain-error.js');
    const explanation = explainError(error);
    output.error(explanation);
    return explanation.exitCode;
  } finally {
    await session.close();
  }
}

async function wholeProgram(run: CliRun, streams: CliStreams): Promise<Command> {
  const program = createProgram(streams);
  for (const { name } of commandList) (await loadCommand(name))(program, run);
  return program;
}

/** Loads the command of the arguments. For the others, the list is enough for the help and the suggestions. */
async function addCommands(program: Command, run: CliRun, args: readonly string[]): Promise<void> {
  const asked = args.find((arg) => !arg.startsWith('-'));
  for (const { name, takes, does } of commandList) {
    if (name === asked) (await loadCommand(name))(program, run);
    else program.command(`${name} ${takes}`.trim()).description(does);
  }
}

function createProgram({ stdout, stderr }: CliStreams): Command {
  return new Command('groundswell')
    .description('Rolls a self-managed Kubernetes cluster out from nothing to healthy, durably.')
    .usage('<command> [options]')
    .version(ownVersion(), '-V, --version', 'print the version')
    .helpCommand(false)
    .configureHelp({
      subcommandTerm: (command) => [command.name(), ...command.registeredArguments.map(argumentTerm)].join(' '),
    })
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
    })
    .addHelpText('after', exitCodeHelp);
}

function argumentTerm(argument: Argument): string {
  const text = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${text}>` : `[${text}]`;
}

const exitCodeHelp = `
Exit codes: 0 done · 1 failed or aborted · 2 wrong usage or invalid spec · 4 stopped, or not approved
            3 changes pending, or differences that groundswell leaves alone · 130 detached
            5 Temporal or worker out of reach · 6 a person is needed · 7 the cluster cannot be seen`;
