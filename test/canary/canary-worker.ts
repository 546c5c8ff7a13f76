import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RolloutError } from '../../model/rollout-error.js';
import { simulatedDependencies } from '../../rehearsal/simulated/simulated-dependencies.js';
import type { Ansible, PlaybookRun } from '../../systems/ansible/ansible.js';
import { createAnsiblePlaybook } from '../../systems/ansible/ansible-playbook.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import type { CallOptions } from '../../systems/calls.js';
import { runProcess } from '../../systems/process.js';
import { readSecret } from '../../systems/read-secret.js';
import type { SshTarget } from '../../systems/ssh/ssh.js';
import { artifactsOf } from '../../installation/artifact-store.js';
import { runWorker } from '../../worker/run-worker.js';
import { Target } from '../../installation/target.js';
import { installTelemetry } from '../../worker/telemetry.js';

/** A worker as a process of its own, with a log: on simulated systems, with a real `ansible-playbook`, or with leaks. */
export const CanaryWorkerInput = z.object({
  target: Target,
  /** Path of the workflow bundle. */
  codePath: z.string(),
  /** Where files of Ansible runs lie, and where the leaking one leaves one. */
  runsFolder: z.string(),
  /** Real playbooks of the test, run against this host in the name of each node, beside the simulated ones. */
  ansible: z.object({ program: z.string(), content: z.string(), host: z.custom<SshTarget>() }).optional(),
  /** Gets each join token that a playbook is given, one a line: what is looked for afterwards. */
  tokensFile: z.string(),
  /** Lets the join token of k8s-redis out in every way that a careless system could. */
  leaks: z.boolean(),
});
export type CanaryWorkerInput = z.infer<typeof CanaryWorkerInput>;

async function runCanaryWorker(input: CanaryWorkerInput): Promise<void> {
  const { target, codePath, runsFolder, ansible } = input;
  const dependencies = await simulatedDependencies(target);
  const artifacts = await artifactsOf(target);
  let chosen = dependencies.ansible;
  if (ansible !== undefined) {
    const { program, content: contentFolder, host } = ansible;
    const path = '/usr/local/bin:/usr/bin:/bin';
    const real = createAnsiblePlaybook({ program, contentFolder, runsFolder, artifacts, readSecret, path });
    chosen = beside(dependencies.ansible, real, host);
  }
  if (input.leaks) chosen = leaking(chosen, artifacts, runsFolder);
  chosen = noting(chosen, input.tokensFile);
  installTelemetry({ log: 'json' });
  await runWorker({
    ...target.temporal,
    dependencies: { ...dependencies, ansible: chosen },
    workflowBundle: { codePath },
  });
}

function noting(ansible: Ansible, tokensFile: string): Ansible {
  return {
    ...ansible,
    async runPlaybook(run, options) {
      for (const token of Object.values(run.secretVariables ?? {})) await appendFile(tokensFile, `${token}\n`);
      return ansible.runPlaybook(run, options);
    },
  };
}

/** The real playbook first, and what it says; then the simulated one, for what it leaves in the simulated world. */
function beside(simulated: Ansible, real: Ansible, host: SshTarget): Ansible {
  return {
    ...simulated,
    async runPlaybook(run, options) {
      const outcome = await real.runPlaybook({ ...run, host: { ...host, ...ofNode(run) } }, options);
      const { logName: _, ...unnamed } = run;
      await simulated.runPlaybook(unnamed, options);
      return outcome;
    },
  };
}

function ofNode({ host: { node, key } }: PlaybookRun): Pick<SshTarget, 'node' | 'key'> {
  return { node, key };
}

/** Longer than the server keeps heartbeats back, which is 24 seconds here. */
const untilHeartbeatSeconds = 27;

function leaking(ansible: Ansible, artifacts: Artifacts, runsFolder: string): Ansible {
  let failed = false;
  return {
    ...ansible,
    async runPlaybook(run, options = {}) {
      const token = run.secretVariables?.['node_join_token'];
      const outcome = await ansible.runPlaybook(run, options);
      if (token === undefined || run.host.node !== 'k8s-redis') return outcome;
      const log = await artifacts.put(`careless: ${token}\n`);
      if (failed) return { ...outcome, log };
      failed = true;
      await leak(token, options, runsFolder);
      throw new RolloutError('KubeadmFailed', `node k8s-redis: refused ${token}`, {
        details: `all of it: ${token}`,
        log,
      });
    },
  };
}

async function leak(token: string, { onProgress }: CallOptions, runsFolder: string): Promise<void> {
  onProgress?.(`joining with ${token}`);
  process.stderr.write(`careless: ${token}\n`);
  await mkdir(join(runsFolder, 'left'), { recursive: true });
  await appendFile(join(runsFolder, 'left', 'variables.json'), JSON.stringify({ token }));
  const PATH = '/usr/bin:/bin';
  // as long as the step lasts: whoever looks has time to see it
  const wait = ['-c', `sleep ${untilHeartbeatSeconds}; exit 0`];
  await Promise.all([
    runProcess('sh', [...wait, token], { env: { PATH } }),
    runProcess('sh', wait, { env: { PATH, TOKEN: token } }),
  ]);
}

await runCanaryWorker(CanaryWorkerInput.parse(JSON.parse(process.argv[2] ?? '')));
