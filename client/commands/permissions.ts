import type { Command } from 'commander';
import { artifactPlace } from '../../installation/artifact-store.js';
import { iamPolicy } from '../../installation/iam-policy.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';
import { exitCodes } from '../exit-codes.js';
import { requireSpec } from '../read-spec.js';
import type { Session } from '../session.js';

interface PermissionsOptions extends SharedOptions {
  readonly file?: string;
}

/** `permissions`: prints the IAM policy of a worker, as JSON, with or without `--json`. Asks nobody. */
export function addPermissions(program: Command, run: CliRun): void {
  defineCommand(program, 'permissions')
    .option('-f, --file <file>', 'spec file; default: the spec of the worker')
    .action((options: PermissionsOptions) => perform(run, options, (session) => permissions(session, options)));
}

async function permissions(session: Session, { file }: PermissionsOptions): Promise<number> {
  const target = await session.target();
  const spec = await requireSpec(file ?? target.spec);
  const policy = iamPolicy(spec, artifactPlace(target.artifacts, target.awsRegion));
  session.output.raw(`${JSON.stringify(policy, undefined, 2)}\n`);
  return exitCodes.done;
}
