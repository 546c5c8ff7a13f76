import type { Command } from 'commander';
import { specJsonSchema } from '../../model/spec/json-schema.js';
import { exitCodes } from '../exit-codes.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

/** `schema`: prints the JSON Schema of the spec, for editors. */
export function addSchema(program: Command, run: CliRun): void {
  defineCommand(program, 'schema').action((options: SharedOptions) =>
    perform(run, options, ({ output }) => {
      output.raw(`${JSON.stringify(specJsonSchema(), undefined, 2)}\n`);
      return Promise.resolve(exitCodes.done);
    }),
  );
}
