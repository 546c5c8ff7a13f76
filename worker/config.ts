import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { RolloutError } from '../model/rollout-error.js';
import type { TelemetryOptions } from './telemetry.js';
import { readTarget, stateFolder, type Target } from './target.js';
import { temporalProfile } from './temporal-profile.js';

/** The root of this installation: where `ansible/` and the default `cluster.yaml` are. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The version of this installation, from its package.json. */
export function ownVersion(): string {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  return version;
}

const Environment = z.object({
  GROUNDSWELL_SPEC: z.string().optional(),
  GROUNDSWELL_SPEC_FOLDERS: z.string().optional(),
  GROUNDSWELL_ARTIFACTS: z.string().optional(),
  GROUNDSWELL_WORKER_SECRET_FILE: z.string().optional(),
  GROUNDSWELL_ANSIBLE_PLAYBOOK: z.string().optional(),
  GROUNDSWELL_TEMPORAL_CLI: z.string().optional(),
  GROUNDSWELL_TEMPORAL_TEST_SERVER: z.string().optional(),
  GROUNDSWELL_METRICS: z.string().optional(),
  GROUNDSWELL_LOG: z.string().optional(),
  AWS_REGION: z.string().optional(),
  AWS_ENDPOINT_URL: z.string().optional(),
  AWS_ENDPOINT_URL_EC2: z.string().optional(),
  XDG_CACHE_HOME: z.string().optional(),
  /** The rest of `TEMPORAL_*` is read together with the file (`temporal-profile.ts`). */
  TEMPORAL_CONFIG_FILE: z.string().optional(),
});
export type Environment = z.infer<typeof Environment>;

/** The environment variables that Groundswell reads, and no others. */
export function readEnvironment(): Environment {
  return Environment.parse(process.env);
}

/** How a worker logs and where it serves metrics. Fails with `InputInvalid`. */
export function telemetryOf({ GROUNDSWELL_METRICS: metrics, GROUNDSWELL_LOG: log }: Environment): TelemetryOptions {
  if (log !== undefined && log !== 'json' && log !== 'text') {
    throw new RolloutError('InputInvalid', `GROUNDSWELL_LOG: expected json or text, found ${log}`);
  }
  return { ...(metrics === undefined ? {} : { metrics }), ...(log === undefined ? {} : { log }) };
}

/** The cache that clones share: `$XDG_CACHE_HOME/groundswell`, by default `~/.cache/groundswell`. */
export function cacheFolder(environment: Environment): string {
  return join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'groundswell');
}

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
