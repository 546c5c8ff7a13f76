import { Argument, type Command } from 'commander';
import { bashScript } from '../completion/bash-script.js';
import { commandShape, type CommandShape } from '../completion/command-shape.js';
import { fishScript } from '../completion/fish-script.js';
import { zshScript } from '../completion/zsh-script.js';
import { exitCodes } from '../exit-codes.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

const scripts = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
} as const satisfies Record<string, (program: CommandShape) => string>;
type Shell = keyof typeof scripts;

/**
 * `completion <shell>`: prints a script with which a shell completes commands, options and their choices. The script
 * calls no other program.
 */
export function addCompletion(program: Command, run: CliRun): void {
  defineCommand(program, 'completion')
    .addArgument(new Argument('<shell>', 'your shell').choices(Object.keys(scripts)))
    .action((shell: Shell, options: SharedOptions) =>
      perform(run, options, async ({ output }) => {
        const whole = (await run.wholeProgram?.()) ?? program;
        output.raw(scripts[shell](commandShape(whole)));
        return exitCodes.done;
      }),
    );
}
