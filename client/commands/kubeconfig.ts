import type { Command } from 'commander';
import { exitCodes } from '../exit-codes.js';
import { targetLine } from '../runs/connection.js';
import { requireSpec } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

/** `kubeconfig`: fetches the kubeconfig of the cluster and prints it; it is stored nowhere. */
export function addKubeconfig(program: Command, run: CliRun): void {
  defineCommand(program, 'kubeconfig').action((options: SharedOptions) => perform(run, options, kubeconfig));
}

async function kubeconfig(session: Session): Promise<number> {
  const target = await session.target();
  session.output.note(targetLine(target));
  const spec = await requireSpec(target.spec);
  const { kubeconfigOf } = await import('../../worker/local-access.js');
  const text = await kubeconfigOf(target, spec);
  session.output.json({ cluster: spec.cluster, kubeconfig: text });
  session.output.text(text);
  return exitCodes.done;
}
