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

/** Where `secret import -` reads; `process.stdin` is such. */
export type SecretInput = AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean };

/** `secret show|export|import`: the worker secret of this target, which nothing but a copy can bring back. */
export function addSecret(program: Command, run: CliRun, stdin: SecretInput = process.stdin): void {
  const secret = withOwnUsage(program.command('secret').description(purposeOf('secret')).helpCommand(false));
  defineSubcommand(secret, 'show', 'say where it is and its fingerprint; never the secret').action(
    (options: SharedOptions) => perform(run, options, show),
  );
  defineSubcommand(secret, 'export', 'write it to a new file that only you can read')
    .argument('<file>', 'file that does not exist yet; - for stdout, into a pipe or a file')
    .action((file: string, options: SharedOptions) =>
      perform(run, options, (session) => exportTo(session, file, options)),
    );
  defineSubcommand(secret, 'import', 'take one that was exported elsewhere')
    .argument('<file>', 'file with it; - for stdin')
    .option('--replace <fingerprint>', 'fingerprint of the present secret, which the new one replaces')
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
      ? `worker secret: none in ${secret.place} yet; it is made with the first VPC, or imported`
      : `worker secret: fingerprint ${fingerprint}, in ${secret.place}`,
  );
  return exitCodes.done;
}

async function exportTo(session: Session, file: string, { json }: SharedOptions): Promise<number> {
  const { output } = session;
  const secret = await secretOf(session);
  const content = secret.read();
  if (content === undefined) {
    throw new RolloutError('WorkerSecretMissing', `worker secret: expected in ${secret.place}, found none`);
  }
  if (file === '-') {
    if (output.interactive || json === true) {
      const place = json === true ? 'among JSON' : 'on a terminal';
      throw new RolloutError('UsageInvalid', `secret export -: it is not shown ${place}; redirect it, or name a file`);
    }
    output.raw(`${content}\n`);
    return exitCodes.done;
  }
  await writeNew(resolve(file), `${content}\n`);
  const fingerprint = secret.fingerprint();
  output.json({ file: resolve(file), fingerprint });
  output.line(`${resolve(file)}: the worker secret ${fingerprint ?? ''}; keep it as you keep your keys`);
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

/** What is typed at a terminal stays on its screen. */
async function readPipe(stdin: SecretInput): Promise<string> {
  if (stdin.isTTY !== true) return text(stdin);
  throw new RolloutError('UsageInvalid', 'secret import -: expected a pipe, found a terminal; name a file');
}

async function readGiven(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new RolloutError('InputInvalid', `secret import ${file}: cannot be read: ${reasonOf(cause)}`, { cause });
  }
}

async function writeNew(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content, { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    const message = `secret export ${file}: expected to make this file: ${reasonOf(cause)}`;
    throw new RolloutError('UsageInvalid', message, { cause });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'EEXIST' ? 'it exists already, and is not overwritten' : error.message;
}
