import { join } from 'node:path';
import type { Command } from 'commander';
import { span } from '../../model/show/line.js';
import { root } from '../../installation/config.js';
import { readEnvironment, telemetryOf } from '../../installation/environment.js';
import { runInForeground } from '../../systems/process.js';
import { stateFolder, type Target } from '../../installation/target.js';
import { temporalConnection } from '../../installation/temporal-profile.js';
import { targetLine } from '../runs/connection.js';
import { exitCodes } from '../exit-codes.js';
import type { Output } from '../output.js';
import type { Session } from '../session.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

/**
 * `worker`: runs a worker of the target until Ctrl-C. When no Temporal is configured, also starts the embedded server.
 */
export function addWorker(program: Command, run: CliRun): void {
  defineCommand(program, 'worker').action((options: SharedOptions) => perform(run, options, worker));
}

async function worker(session: Session): Promise<number> {
  const { output } = session;
  const target = await withServer(await session.target(), output);
  output.note(targetLine(target));
  if (target.workerCommand !== undefined) {
    const [file = '', ...args] = target.workerCommand;
    return runInForeground(file, args, { cwd: root });
  }

  const { createDependencies } = await import('../../worker/dependencies.js');
  const { refusedLine } = await import('../../worker/replay-open-runs.js');
  const { runWorker } = await import('../../worker/run-worker.js');
  const { sweepRuns } = await import('../../installation/runs-folder.js');
  const { installTelemetry } = await import('../../worker/telemetry.js');
  const environment = readEnvironment();
  const telemetry = telemetryOf(environment);
  installTelemetry(telemetry);
  const swept = await sweepRuns(target);
  if (swept !== undefined) output.note(swept);
  const ansiblePlaybook = target.ansiblePlaybook ?? (await ansibleOf(output));
  await runWorker({
    ...temporalConnection(environment, target),
    dependencies: await createDependencies({ ...target, ansiblePlaybook }),
    onRefusedRun: (run) => {
      output.note([span(refusedLine(run), 'bad')]);
    },
    metrics: telemetry.metrics !== undefined,
    onReady: () => {
      const ui = target.temporal.uiUrl === undefined ? '' : `; UI at ${target.temporal.uiUrl}`;
      if (telemetry.metrics !== undefined) output.note(`worker: metrics at http://${telemetry.metrics}/metrics`);
      output.note(`worker: polls${ui}; Ctrl-C ends it, and no roll-out loses anything`);
    },
  });
  return exitCodes.done;
}

/**
 * Returns the target with a server: the configured server, else the embedded server of this clone. Starts the embedded
 * server if needed.
 */
async function withServer(target: Target, output: Output): Promise<Target> {
  if (target.temporal.address !== '') return target;
  const { startOwnServer } = await import('../../installation/temporal-server/own-server.js');
  const server = await startOwnServer({
    stateDir: stateFolder(root),
    namespace: target.temporal.namespace,
    onLine: (line) => {
      output.note(line);
    },
  });
  const own = server.name === undefined ? {} : { ownServer: server.name };
  output.note('temporal server: keeps running when this worker ends; npx groundswell server stop stops it');
  return { ...target, temporal: { ...target.temporal, ...own, address: server.address, uiUrl: server.uiUrl } };
}

/** Returns the `ansible-playbook` of the pinned versions. Installs it if needed. */
async function ansibleOf(output: Output): Promise<string> {
  const { ensurePythonEnvironment } = await import('../../installation/python-environment.js');
  const environment = await ensurePythonEnvironment({
    stateDir: stateFolder(root),
    requirements: join(root, 'requirements.txt'),
    onProgress: (line) => {
      output.note(line);
    },
  });
  return environment.bin('ansible-playbook');
}
