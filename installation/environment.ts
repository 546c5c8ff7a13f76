import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { RolloutError } from '../model/rollout-error.js';

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
  /** `temporal-profile.ts` reads the other `TEMPORAL_*` variables together with the file. */
  TEMPORAL_CONFIG_FILE: z.string().optional(),
});
export type Environment = z.infer<typeof Environment>;

/** The log form of a process, and the address of its metrics. */
export interface TelemetryOptions {
  /** Address of the metrics, as `address:port`. Default: no metrics. */
  readonly metrics?: string;
  /** Default: plain text on a terminal, else JSON. */
  readonly log?: 'json' | 'text';
}

/** The environment variables that Groundswell reads, and no others. */
export function readEnvironment(): Environment {
  return Environment.parse(process.env);
}

/** Reads the log form and the metrics address of a worker. Fails with `InputInvalid`. */
export function telemetryOf({ GROUNDSWELL_METRICS: metrics, GROUNDSWELL_LOG: log }: Environment): TelemetryOptions {
  if (log !== undefined && log !== 'json' && log !== 'text') {
    throw new RolloutError('InputInvalid', `GROUNDSWELL_LOG: expected json or text, found ${log}`);
  }
  return { ...(metrics === undefined ? {} : { metrics }), ...(log === undefined ? {} : { log }) };
}

/** The folder of the cache that clones share: `$XDG_CACHE_HOME/groundswell`, by default `~/.cache/groundswell`. */
export function cacheFolder(environment: Environment): string {
  return join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'groundswell');
}
