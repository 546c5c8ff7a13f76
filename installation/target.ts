import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RolloutError } from '../model/rollout-error.js';

/**
 * What commands of this clone act on: a Temporal server, and how the outside is reached from this machine.
 * A rehearsal writes it to `.groundswell/target.json`; while that file exists, ambient `temporal.toml`, `AWS_*` and
 * `KUBECONFIG` are ignored.
 */
export const Target = z.object({
  /** `rehearsal` on real hosts, `simulated`, or `live`: whatever the environment says. */
  kind: z.enum(['rehearsal', 'simulated', 'live']),
  temporal: z.object({
    address: z.string(),
    namespace: z.string().default('default'),
    uiUrl: z.string().optional(),
    /** Name of the embedded server of this clone, which outlives its database; absent of every other server. */
    ownServer: z.string().optional(),
  }),
  /** The default spec of the worker. */
  spec: z.string(),
  /** Further folders whose specs the worker may be asked to read. */
  specFolders: z.array(z.string()).optional(),
  /** The artifact store: a folder, or `s3://bucket/prefix` (`installation/artifact-store.ts`). */
  artifacts: z.string(),
  /** Region of a bucket that does not name its own. */
  awsRegion: z.string().optional(),
  /** File that holds the worker secret (0600); made with the first VPC. */
  workerSecretFile: z.string(),
  /** Another EC2 endpoint than AWS's own, with the credentials that go with it. */
  ec2: z.object({ endpoint: z.string(), accessKeyId: z.string(), secretAccessKey: z.string() }).optional(),
  /** Path of `ansible-playbook`; made ready at the first start of a worker when absent. */
  ansiblePlaybook: z.string().optional(),
  /** Root URL of the simulated outside, for `simulated`. */
  simulatedOutside: z.string().optional(),
  /** How a worker of this target is started, when not by `groundswell worker` itself. */
  workerCommand: z.array(z.string()).optional(),
});
export type Target = z.infer<typeof Target>;

/** The state folder of a clone. */
export function stateFolder(root: string): string {
  return join(root, '.groundswell');
}

/** The target that a rehearsal left in this clone; `undefined` without one. Fails with `InputInvalid` when it cannot be read. */
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

/** Half a file is refused by the schema like anything else of another shape. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
