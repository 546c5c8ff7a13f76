import { join } from 'node:path';
import { z } from 'zod';
import { startDetached } from '../../systems/process.js';
import { createSshKubernetesAccess } from '../../systems/kubernetes/ssh-kubernetes-access.js';
import { readSecret } from '../../systems/read-secret.js';
import { createNodeSsh } from '../../systems/ssh/node-ssh.js';
import type { Ssh } from '../../systems/ssh/ssh.js';
import { root } from '../../installation/config.js';
import { createDependencies } from '../../worker/dependencies.js';
import { runWorker } from '../../worker/run-worker.js';
import { Target } from '../../installation/target.js';
import { workflowBundle } from '../workflows/workflow-bundle.js';

const Input = z.object({ target: Target, codePath: z.string() });

/**
 * Starts the product's own worker, as one that waits less: a second before a retry, 5 s for a host that joined before and is
 * not well, 15 s for its Node, 8 s for one that does not answer. Returns its process id; its output goes to a file.
 */
export async function startHastyWorker(target: Target, logFile: string): Promise<number> {
  const { codePath } = await workflowBundle(join(import.meta.dirname, 'short-pauses.ts'));
  const [enter = '', namespace = ''] = target.workerCommand ?? [];
  const input: z.infer<typeof Input> = { target, codePath };
  const program = [import.meta.filename, '--run', JSON.stringify(input)];
  const node = [process.execPath, '--import', import.meta.resolve('tsx'), ...program];
  return startDetached(enter, [namespace, '--', ...node], { cwd: root, logFile });
}

function hasty(ssh: Ssh): Ssh {
  return {
    ...ssh,
    run: (host, command, options) => ssh.run(host, command.replace(/ wait-joined 60$/, ' wait-joined 5'), options),
  };
}

if (process.argv[2] === '--run') {
  const { target, codePath } = Input.parse(JSON.parse(process.argv[3] ?? ''));
  const pace = { connectSeconds: 8, aliveSeconds: 2, aliveCount: 4 };
  const ssh = hasty(createNodeSsh({ readSecret, pace }));
  await runWorker({
    ...target.temporal,
    dependencies: { ...(await createDependencies(target)), ssh, kubernetesAccess: createSshKubernetesAccess(ssh) },
    workflowBundle: { codePath },
    paces: { nodes: { everyMs: 1_500, deadlineMs: 15_000 } },
  });
}
