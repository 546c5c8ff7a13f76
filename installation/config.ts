import type { Environment } from './environment.js';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTarget, stateFolder, type Target } from './target.js';
import { temporalProfile } from './temporal-profile.js';

/** The root of this installation: where `ansible/` and the default `cluster.yaml` are. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * The target of this clone: the rehearsal that runs in it, else what the environment and `temporal.toml` say.
 * `temporal.address` is empty when nothing is configured: then a server is embedded.
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
