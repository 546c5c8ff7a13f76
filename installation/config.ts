import type { Environment } from './environment.js';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTarget, stateFolder, type Target } from './target.js';
import { temporalProfile } from './temporal-profile.js';

/** The root of this installation, with `ansible/` and the default `cluster.yaml`. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Returns the target of this clone: its running rehearsal, else the target of the environment and `temporal.toml`.
 * `temporal.address` is empty without a configuration, which means the embedded server.
 */
export async function targetOf(environment: Environment): Promise<Target> {
  const rehearsal = await readTarget(root);
  if (rehearsal !== undefined) return rehearsal;
  const state = stateFolder(root);
  const { address, namespace } = temporalProfile(environment);
  return {
    kind: 'live',
    temporal: { address, namespace },
    spec: environment.GROUNDSWELL_SPEC ?? join(root, 'cluster.yaml'),
    ...(environment.GROUNDSWELL_SPEC_FOLDERS === undefined
      ? {}
      : { specFolders: environment.GROUNDSWELL_SPEC_FOLDERS.split(':') }),
    artifacts: environment.GROUNDSWELL_ARTIFACTS ?? join(state, 'artifacts'),
    ...(environment.AWS_REGION === undefined ? {} : { awsRegion: environment.AWS_REGION }),
    workerSecretFile: environment.GROUNDSWELL_WORKER_SECRET_FILE ?? join(state, 'worker-secret'),
    ...(environment.GROUNDSWELL_ANSIBLE_PLAYBOOK === undefined
      ? {}
      : { ansiblePlaybook: environment.GROUNDSWELL_ANSIBLE_PLAYBOOK }),
  };
}
