import { Command, CommanderError, type Argument } from 'commander';
import { ownVersion } from '../../installation/config.js';
import { explainError } from '../explain-error.js';
import { exitCodes } from '../exit-codes.js';
import type { TextStream } from '../output.js';
import { createSession } from '../session.js';
import { createOutput } from '../output.js';
import { addApprove } from '../commands/approve.js';
import { type CliRun } from './define-command.js';
import { addDoctor } from '../commands/doctor.js';
import { addKubeconfig } from '../commands/kubeconfig.js';
import { addLogs } from '../commands/logs.js';
import { addPause, addResume } from '../commands/pause.js';
import { addPlan } from '../commands/plan.js';
import { addReport } from '../commands/report.js';
import { addResolve } from '../commands/resolve.js';
import { addSchema } from '../commands/schema.js';
import { addSecret } from '../commands/secret.js';
import { addSsh } from '../commands/ssh.js';
import { addStatus } from '../commands/status.js';
import { addStop } from '../commands/stop.js';
import { addUp } from '../commands/up.js';
import { addValidate } from '../commands/validate.js';
import { addWatch } from '../commands/watch.js';
import { addWorker } from '../commands/worker.js';

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
  const run: CliRun = { session, exitCode: exitCodes.done };
  try {
    await createProgram(run, streams).parseAsync(args, { from: 'user' });
    return run.exitCode;
  } catch (error) {
    // commander has said what is wrong; help and version are no errors
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const explanation = explainError(error);
    output.error(explanation);
    return explanation.exitCode;
  } finally {
    await session.close();
  }
}

function createProgram(run: CliRun, { stdout, stderr }: CliStreams): Command {
  const program = new Command('groundswell')
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
  for (const add of commands) add(program, run);
  return program;
}

function argumentTerm(argument: Argument): string {
  const text = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${text}>` : `[${text}]`;
}

const commands = [
  addValidate,
  addPlan,
  addUp,
  addStatus,
  addWatch,
  addReport,
  addLogs,
  addResolve,
  addPause,
  addResume,
  addApprove,
  addStop,
  addKubeconfig,
  addSsh,
  addWorker,
  addDoctor,
  addSchema,
  addSecret,
] as const;

const exitCodeHelp = `
Exit codes: 0 done · 1 failed or aborted · 2 usage or invalid spec · 3 changes pending (plan) · 4 stopped
            5 Temporal or worker out of reach · 6 a person is needed · 130 detached`;
