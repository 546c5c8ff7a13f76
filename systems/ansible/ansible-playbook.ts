import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SecretReference } from '../../model/spec.js';
import type { Artifacts } from '../artifacts/artifacts.js';
import type { CallOptions } from '../calls.js';
import { runBound } from '../process.js';
import { connectionPace, type ConnectionPace } from '../ssh/connection-pace.js';
import type { Ansible, PlaybookOutcome, PlaybookRun } from './ansible.js';
import { classifyPlaybookEnd } from './classify-failure.js';
import { folderDigest } from './content-digest.js';
import { parseEvent, progressLine, type PlaybookEvent } from './events.js';
import { maskSecrets } from './mask-secrets.js';
import { createRunFolder } from './run-folder.js';

export interface AnsiblePlaybookDependencies {
  /** Path of `ansible-playbook` (ansible-core 2.19.14), as a rule in a Python environment of its own. */
  readonly program: string;
  /** Folder with `playbooks/`, `roles/`, `callback_plugins/` and `keeper.py`. */
  readonly contentFolder: string;
  /** Where the files of a run lie while it runs. */
  readonly runsFolder: string;
  readonly artifacts: Artifacts;
  readonly readSecret: (reference: SecretReference) => Promise<string>;
  /** The worker's PATH: ssh and python3 are found there. */
  readonly path: string;
  readonly pace?: ConnectionPace;
}

/** Ansible by a real `ansible-playbook`: one process, one host, one run folder for each run. */
export function createAnsiblePlaybook(dependencies: AnsiblePlaybookDependencies): Ansible {
  let digest: Promise<string> | undefined;
  return {
    async runPlaybook(run, options = {}) {
      options.signal?.throwIfAborted();
      const privateKey = await dependencies.readSecret(run.host.key);
      const { runsFolder, contentFolder, pace = connectionPace } = dependencies;
      const folder = await createRunFolder({ runsFolder, contentFolder, run, privateKey, pace });
      try {
        return await runIn(dependencies, folder, run, options);
      } finally {
        await folder.remove();
      }
    },
    contentDigest() {
      digest ??= folderDigest(dependencies.contentFolder);
      return digest;
    },
  };
}

async function runIn(
  dependencies: AnsiblePlaybookDependencies,
  folder: { readonly path: string; readonly controlFolder: string },
  run: PlaybookRun,
  options: CallOptions,
): Promise<PlaybookOutcome> {
  const events: PlaybookEvent[] = [];
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
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onMessage(line) {
        const event = parseEvent(line);
        if (event === undefined) return;
        events.push(event);
        const progress = progressLine(event);
        if (progress !== undefined) options.onProgress?.(progress);
      },
    },
  );
  const output = maskSecrets(result.stdout, Object.values(run.secretVariables ?? {}));
  const log = await dependencies.artifacts.put(`playbook ${run.playbook} on ${run.host.node}\n${output}`);
  options.signal?.throwIfAborted();
  const failure = classifyPlaybookEnd({
    playbook: run.playbook,
    node: run.host.node,
    address: run.host.address,
    events,
    exitCode: result.exitCode,
    output: output === '' ? result.problem : output,
  });
  if (failure !== undefined) throw failure;
  const stats = events.find((event) => event.event === 'stats')?.hosts[run.host.node];
  return { changedTasks: stats?.changed ?? 0, okTasks: stats?.ok ?? 0, log };
}

/** Nothing of the worker's environment but PATH: no ANSIBLE_*, no agent, no credentials. */
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
