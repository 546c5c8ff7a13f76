import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RolloutError } from '../model/rollout-error.js';

/**
 * The target of the commands of this clone: a Temporal server, and the way from this machine to the outside. A
 * rehearsal writes it to `.groundswell/target.json`. While that file exists, ambient `temporal.toml`, `AWS_*` and
 * `KUBECONFIG` are ignored.
 */
export const Target = z.object({
  /** `rehearsal` on real hosts, `simulated`, or `live`, which means the target of the environment. */
  kind: z.enum(['rehearsal', 'simulated', 'live']),
  temporal: z.object({
    address: z.string(),
    namespace: z.string().default('default'),
    uiUrl: z.string().optional(),
    /** Name of the embedded server of this clone, which outlives its database; absent for every other server. */
    ownServer: z.string().optional(),
  }),
  /** The default spec of the worker. */
  spec: z.string(),
  /** Further folders with specs that the worker may read. */
  specFolders: z.array(z.string()).optional(),
  /** The artifact store: a folder, or `s3://bucket/prefix` (`installation/artifact-store.ts`). */
  artifacts: z.string(),
  /** Region of a bucket that does not name its own. */
  awsRegion: z.string().optional(),
  /** File that holds the worker secret (0600). The first VPC makes it. */
  workerSecretFile: z.string(),
  /** Another EC2 endpoint than AWS's own, with its credentials. */
  ec2: z.object({ endpoint: z.string(), accessKeyId: z.string(), secretAccessKey: z.string() }).optional(),
  /** Path of `ansible-playbook`; when absent, the first start of a worker installs it. */
  ansiblePlaybook: z.string().optional(),
  /** Root URL of the simulated outside, for `simulated`. */
  simulatedOutside: z.string().optional(),
  /** The command that starts a worker of this target, if not `groundswell worker` itself. */
  workerCommand: z.array(z.string()).optional(),
});
export type Target = z.infer<typeof Target>;

/** The state folder of a clone. */
export function stateFolder(root: string): string {
  return join(root, '.groundswell');
}

/**
 * Reads the target of the rehearsal in this clone; `undefined` without one. Fails with `InputInvalid` when it cannot
 * read the file.
 */
export async function readTarget(root: string): Promise<Target | undefined> {
  const path = join(stateFolder(root), 'target.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  const parsed = Target.safeParse(jsonOrText(text));
  if (parsed.success) return parsed.data;
  throw new RolloutError('InputInvalid', `${path}: ${z.prettifyError(parsed.error)}; run \`npm run rehearsal:down\``);
}

/** Parses JSON, or returns the text: the schema refuses half a file like any other shape. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
