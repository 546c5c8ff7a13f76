/** One command as the help of the program lists it. */
export interface ListedCommand {
  readonly name: string;
  /** Its arguments, as commander writes them: `<step> <action>`. */
  readonly takes: string;
  readonly does: string;
}

/** Every command, in the order of the help. What a command takes and does is known here without loading it. */
export const commandList = [
  { name: 'validate', takes: '[file]', does: 'check a spec; every problem with its line' },
  { name: 'plan', takes: '', does: 'show what `up` would do; exit code 3 when something would change' },
  { name: 'up', takes: '', does: 'roll the cluster out: show the plan, ask, follow' },
  { name: 'status', takes: '', does: 'show where the roll-out is; exit code 6 when a person is needed' },
  {
    name: 'watch',
    takes: '',
    does: 'follow the roll-out that runs; ends as it ends (--json: one line per look)',
  },
  {
    name: 'report',
    takes: '[workflow-id]',
    does: 'show where the minutes went and the critical path; needs no worker',
  },
  {
    name: 'logs',
    takes: '<step>',
    does: 'of a node the log of its last Ansible run, of a unit its events and what its pods say',
  },
  { name: 'resolve', takes: '<step> <action>', does: 'answer a step that waits for a person' },
  { name: 'pause', takes: '', does: 'begin no new step until `resume`' },
  { name: 'resume', takes: '', does: 'go on after `pause`' },
  { name: 'approve', takes: '[digest]', does: 'approve a plan; without a digest: list the roll-outs that wait' },
  { name: 'stop', takes: '[run]', does: 'begin no new step; let running ones finish' },
  { name: 'kubeconfig', takes: '', does: 'print the kubeconfig of the cluster (it is stored nowhere)' },
  { name: 'ssh', takes: '<node> [command...]', does: 'log in to a node, or run a command there' },
  { name: 'worker', takes: '', does: 'run a worker until Ctrl-C' },
  { name: 'server', takes: '[command]', does: 'show or stop the Temporal server that `worker` started in this clone' },
  { name: 'doctor', takes: '', does: 'say what is there, what is missing, and what to type' },
  { name: 'completion', takes: '<shell>', does: 'print the completion script of bash, zsh or fish' },
  { name: 'schema', takes: '', does: 'print the JSON Schema of the spec' },
  {
    name: 'secret',
    takes: '[command]',
    does: 'show, export or import the worker secret, from which all host keys follow',
  },
] as const satisfies readonly ListedCommand[];

export type CommandName = (typeof commandList)[number]['name'];

/** What the help says of a command. */
export function purposeOf(name: CommandName): string {
  return commandList.find((command) => command.name === name)?.does ?? '';
}
