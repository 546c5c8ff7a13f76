import type { Command } from 'commander';
import { root } from '../../installation/config.js';
import { stateFolder } from '../../installation/target.js';
import { findEmbeddedServer, stopEmbeddedServer } from '../../installation/temporal-server/embedded-server.js';
import { exitCodes } from '../exit-codes.js';
import type { Session } from '../session.js';
import { purposeOf } from '../cli/command-list.js';
import { defineSubcommand, perform, withOwnUsage, type CliRun, type SharedOptions } from '../cli/define-command.js';

/**
 * `server show|stop`: shows or stops the Temporal server that `worker` starts in this clone when none is configured.
 * That server outlives the worker.
 */
export function addServer(program: Command, run: CliRun): void {
  addServerOf(program, run, stateFolder(root));
}

/** Adds the same command for the server of another state folder. */
export function addServerOf(program: Command, run: CliRun, stateDir: string): void {
  const server = withOwnUsage(program.command('server').description(purposeOf('server')).helpCommand(false));
  defineSubcommand(server, 'show', 'show whether the server runs, and where').action((options: SharedOptions) =>
    perform(run, options, (session) => show(session, stateDir)),
  );
  defineSubcommand(
    server,
    'stop',
    'stop the server; histories stay, and open roll-outs continue when it starts again',
  ).action((options: SharedOptions) => perform(run, options, (session) => stop(session, stateDir)));
}

async function show({ output }: Session, stateDir: string): Promise<number> {
  const found = await findEmbeddedServer(stateDir);
  output.json(found === undefined ? { running: false } : { running: true, ...found });
  output.line(
    found === undefined
      ? 'Temporal server: this clone runs none; `npx groundswell worker` starts one, with a worker'
      : `Temporal server: ${found.address}, UI ${found.uiUrl}, pid ${found.pid}; stop it with npx groundswell server stop`,
  );
  return exitCodes.done;
}

async function stop({ output }: Session, stateDir: string): Promise<number> {
  const found = await findEmbeddedServer(stateDir);
  await stopEmbeddedServer(stateDir);
  output.json({ stopped: found !== undefined });
  output.line(
    found === undefined
      ? 'Temporal server: this clone runs none'
      : `Temporal server: stopped (${found.address}); histories stay, and npx groundswell worker starts it again`,
  );
  return exitCodes.done;
}
