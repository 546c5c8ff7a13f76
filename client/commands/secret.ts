import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { RolloutError } from '../../model/rollout-error.js';
import { workerSecretFile, type WorkerSecretFile } from '../../installation/worker-secret.js';
import { exitCodes } from '../exit-codes.js';
import type { Session } from '../session.js';
import { purposeOf } from '../cli/command-list.js';
import { defineSubcommand, perform, withOwnUsage, type CliRun, type SharedOptions } from '../cli/define-command.js';

interface ImportOptions extends SharedOptions {
  readonly replace?: string;
}

/** The input of `secret import -`, such as `process.stdin`. */
export type SecretInput = AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean };

/** `secret show|export|import`: acts on the worker secret of this target. Only a copy can bring a lost secret back. */
export function addSecret(program: Command, run: CliRun, stdin: SecretInput = process.stdin): void {
  const secret = withOwnUsage(program.command('secret').description(purposeOf('secret')).helpCommand(false));
  defineSubcommand(secret, 'show', 'show where the secret is and its fingerprint, never the secret itself').action(
    (options: SharedOptions) => perform(run, options, show),
  );
  defineSubcommand(secret, 'export', 'write the secret to a new file that only you can read')
    .argument('<file>', 'new file; - for stdout, which must be a pipe or a file')
    .action((file: string, options: SharedOptions) =>
      perform(run, options, (session) => exportTo(session, file, options)),
    );
  defineSubcommand(secret, 'import', 'store a secret that another machine exported')
    .argument('<file>', 'file with the secret; - for stdin')
    .option('--replace <fingerprint>', 'fingerprint of the present secret that you want to replace')
    .action((file: string, options: ImportOptions) =>
      perform(run, options, (session) => importFrom(session, { file, stdin }, options)),
    );
}

async function show(session: Session): Promise<number> {
  const { output } = session;
  const secret = await secretOf(session);
  const fingerprint = secret.fingerprint();
  output.json({ file: secret.place, fingerprint });
  output.line(
    fingerprint === undefined
      ? `worker secret: none in ${secret.place} yet; the first VPC makes one, or you import one`
      : `worker secret: fingerprint ${fingerprint}, in ${secret.place}`,
  );
  return exitCodes.done;
}

async function exportTo(session: Session, file: string, { json }: SharedOptions): Promise<number> {
  const { output } = session;
  const secret = await secretOf(session);
  const content = secret.read();
  if (content === undefined) {
    throw new RolloutError('WorkerSecretMissing', `worker secret: expected one in ${secret.place}, found none`);
  }
  if (file === '-') {
    if (output.interactive || json === true) {
      const place = json === true ? 'among JSON' : 'on a terminal';
      throw new RolloutError(
        'UsageInvalid',
        `secret export -: the secret is never shown ${place}; redirect stdout, or name a file`,
      );
    }
    output.raw(`${content}\n`);
    return exitCodes.done;
  }
  await writeNew(resolve(file), `${content}\n`);
  const fingerprint = secret.fingerprint();
  output.json({ file: resolve(file), fingerprint });
  output.line(`${resolve(file)}: the worker secret ${fingerprint ?? ''}; keep this file as safe as your keys`);
  return exitCodes.done;
}

async function importFrom(
  session: Session,
  { file, stdin }: { readonly file: string; readonly stdin: SecretInput },
  { replace }: ImportOptions,
): Promise<number> {
  const { output } = session;
  const secret = await secretOf(session);
  const content = file === '-' ? await readPipe(stdin) : await readGiven(resolve(file));
  const brought = await secret.bring(content, replace === undefined ? {} : { replace });
  output.json({ file: secret.place, ...brought });
  const { fingerprint, changed, replaced } = brought;
  output.line(`worker secret: ${changed ? 'now' : 'as before'} ${fingerprint}, in ${secret.place}`);
  if (replaced !== undefined) output.line(`the former secret is now in ${replaced}`);
  return exitCodes.done;
}

async function secretOf(session: Session): Promise<WorkerSecretFile> {
  return workerSecretFile((await session.target()).workerSecretFile);
}

/** Reads a secret from a pipe. Refuses a terminal, because typed text stays on the screen. */
async function readPipe(stdin: SecretInput): Promise<string> {
  if (stdin.isTTY !== true) return text(stdin);
  throw new RolloutError('UsageInvalid', 'secret import -: expected a pipe, found a terminal; name a file');
}

async function readGiven(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new RolloutError('InputInvalid', `secret import ${file}: cannot read the file: ${reasonOf(cause)}`, {
      cause,
    });
  }
}

async function writeNew(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content, { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    const message = `secret export ${file}: cannot create the file: ${reasonOf(cause)}`;
    throw new RolloutError('UsageInvalid', message, { cause });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'EEXIST'
    ? 'it exists already, and groundswell overwrites no file'
    : error.message;
}
