import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import type { SecretReference } from '../../model/spec/spec.js';
import type { Playbook } from '../../model/steps.js';
import type { ArtifactStore } from '../artifacts/artifacts.js';
import type { CallOptions } from '../calls.js';
import { runBound } from '../process.js';
import { connectionPace, type ConnectionPace } from '../ssh/connection-pace.js';
import type { Ansible, PlaybookOutcome, PlaybookRun } from './ansible.js';
import { classifyPlaybookEnd } from './classify-failure.js';
import { folderDigest } from './content-digest.js';
import { parseEvent, progressLine, type PlaybookEvent } from './events.js';
import { createTextMask } from './mask-secrets.js';
import { playbookDeadlines, type PlaybookDeadline } from './playbook-deadline.js';
import { createRunFolder, type RunFolder } from './run-folder.js';
import { createRunLog } from './run-log.js';
import { watchRun } from './watch-run.js';

export interface AnsiblePlaybookDependencies {
  /** Path of `ansible-playbook` (ansible-core 2.19.14), usually in its own Python environment. */
  readonly program: string;
  /** Folder with `playbooks/`, `roles/`, `callback_plugins/` and `keeper.py`. */
  readonly contentFolder: string;
  /** Folder for the files of a run, for as long as it runs. */
  readonly runsFolder: string;
  readonly artifacts: ArtifactStore;
  readonly readSecret: (reference: SecretReference) => Promise<string>;
  /** The worker's PATH, which must lead to ssh and python3. */
  readonly path: string;
  readonly pace?: ConnectionPace;
  /** Deadlines after which the worker ends a run. Default `playbookDeadlines`. */
  readonly deadlines?: Readonly<Record<Playbook, PlaybookDeadline>>;
}

/** Runs Ansible with a real `ansible-playbook`: one process, one host and one run folder for each run. */
export function createAnsiblePlaybook(dependencies: AnsiblePlaybookDependencies): Ansible {
  return {
    async runPlaybook(run, options = {}) {
      options.signal?.throwIfAborted();
      const privateKey = await dependencies.readSecret(run.host.key);
      const { runsFolder, contentFolder, pace = connectionPace } = dependencies;
      const folder = await createRunFolder({ runsFolder, contentFolder, run, privateKey, pace });
      try {
        return await runIn(dependencies, { folder, run, privateKey, options });
      } finally {
        await folder.remove();
      }
    },
    contentDigest() {
      // read anew each time, because the files of a run are read anew too
      return folderDigest(dependencies.contentFolder);
    },
  };
}

interface RunInput {
  readonly folder: Pick<RunFolder, 'path' | 'controlFolder'>;
  readonly run: PlaybookRun;
  readonly privateKey: string;
  readonly options: CallOptions;
}

async function runIn(
  dependencies: AnsiblePlaybookDependencies,
  { folder, run, privateKey, options }: RunInput,
): Promise<PlaybookOutcome> {
  const { node, address } = run.host;
  const secrets = [...Object.values(run.secretVariables ?? {}), privateKey];
  // the callback plugin masks the secrets that it knows; kubeadm prints tokens that it does not know
  const mask = createTextMask(secrets);
  const runLog = createRunLog({
    store: dependencies.artifacts,
    name: run.logName,
    secrets,
    heading: `playbook ${run.playbook} on ${node} (${address}) by worker ${process.pid} of ${hostname()}`,
  });
  const events: PlaybookEvent[] = [];
  const watch = watchRun((dependencies.deadlines ?? playbookDeadlines)[run.playbook]);
  const result = await runBound(
    await pythonOf(dependencies.program),
    [
      join(dependencies.contentFolder, 'keeper.py'),
      ...['--remove', folder.path, '--remove', folder.controlFolder, '--'],
      dependencies.program,
      ...['--inventory', join(folder.path, 'inventory.json')],
      ...['--extra-vars', `@${join(folder.path, 'variables.json')}`],
      join(dependencies.contentFolder, 'playbooks', `${run.playbook}.yml`),
    ],
    {
      cwd: folder.path,
      env: environment(dependencies.path, folder.path),
      signal: AbortSignal.any([watch.signal, ...(options.signal === undefined ? [] : [options.signal])]),
      onLine(line) {
        watch.sign();
        runLog.add(line);
      },
      onMessage(line) {
        const event = parseEvent(line, mask);
        watch.sign(event);
        if (event === undefined) return;
        events.push(event);
        const progress = progressLine(event);
        if (progress !== undefined) options.onProgress?.(progress);
      },
    },
  );
  watch.end();
  if (options.signal?.aborted === true) await runLog.leave('cut off: the worker cancelled the run');
  options.signal?.throwIfAborted();
  const output = mask(result.stdout);
  const failure = classifyPlaybookEnd({
    playbook: run.playbook,
    node,
    address: run.host.address,
    events,
    hung: watch.hung(),
    exitCode: result.exitCode,
    output: output === '' ? result.problem : output,
  });
  const stats = events.find((event) => event.event === 'stats')?.hosts[node];
  const [changedTasks, okTasks] = [stats?.changed ?? 0, stats?.ok ?? 0];
  const how = failure === undefined ? 'done' : `failed: ${failure.type}: ${failure.message}`;
  const log = await runLog.end(`${how} (${changedTasks} tasks changed, ${okTasks} ok)`);
  if (log === undefined) options.onProgress?.('the artifact store refused the log of this run');
  if (failure !== undefined) throw withLog(failure, log);
  return { changedTasks, okTasks, ...(log === undefined ? {} : { log }) };
}

function withLog({ type, message, details, known }: RolloutError, log: string | undefined): RolloutError {
  return new RolloutError(type, message, { log, known, ...(details === undefined ? {} : { details }) });
}

/** Takes only PATH from the worker's environment: no ANSIBLE_*, no agent, no credentials. */
function environment(path: string, folder: string): Readonly<Record<string, string>> {
  return {
    PATH: path,
    HOME: folder,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    PYTHONDONTWRITEBYTECODE: '1',
    ANSIBLE_CONFIG: join(folder, 'ansible.cfg'),
    GROUNDSWELL_EVENTS_FD: '3',
    GROUNDSWELL_SECRETS_FILE: join(folder, 'secrets.json'),
  };
}

/** The Python of the program's own environment, else the one on PATH: the keeper needs the standard library only. */
async function pythonOf(program: string): Promise<string> {
  const own = join(dirname(program), 'python3');
  return access(own).then(
    () => own,
    () => 'python3',
  );
}
