/** One command in the help of the program. */
export interface ListedCommand {
  readonly name: string;
  /** Its arguments in commander's notation: `<step> <action>`. */
  readonly takes: string;
  readonly does: string;
}

/**
 * Every command, in the order of the help. The list gives arguments and purpose of a command without loading its
 * module.
 */
export const commandList = [
  { name: 'validate', takes: '[file]', does: 'check a spec and show every problem with its line' },
  { name: 'plan', takes: '', does: 'show what `up` would do; exits with 3 when something would change' },
  {
    name: 'drift',
    takes: '',
    does: 'show what differs from the spec, or have it checked regularly; exits with 3 when something differs',
  },
  { name: 'up', takes: '', does: 'roll the cluster out: show the plan, ask for approval, follow the run' },
  {
    name: 'down',
    takes: '',
    does: 'end the whole cluster: show what goes, ask for its name, follow',
  },
  { name: 'status', takes: '', does: 'show the state of the roll-out; exits with 6 when a person is needed' },
  {
    name: 'watch',
    takes: '',
    does: 'follow the open roll-out and exit with its exit code (--json: one line per look)',
  },
  {
    name: 'report',
    takes: '[workflow-id]',
    does: 'show how long each step took and the critical path; needs no worker',
  },
  {
    name: 'logs',
    takes: '<step>',
    does: 'show the last Ansible log of a node, or the events and pod logs of a unit',
  },
  { name: 'resolve', takes: '<step> <action>', does: 'answer a parked step' },
  { name: 'pause', takes: '', does: 'start no new step until `resume`' },
  { name: 'resume', takes: '', does: 'continue after `pause`' },
  {
    name: 'approve',
    takes: '[digest]',
    does: 'approve a plan; without a digest, list the plans that wait for approval',
  },
  { name: 'stop', takes: '[run]', does: 'start no new step and let running steps finish' },
  { name: 'kubeconfig', takes: '', does: 'print the kubeconfig of the cluster (groundswell stores no copy)' },
  { name: 'ssh', takes: '<node> [command...]', does: 'log in to a node, or run one command there' },
  { name: 'worker', takes: '', does: 'run a worker until Ctrl-C' },
  { name: 'server', takes: '[command]', does: 'show or stop the Temporal server that `worker` started in this clone' },
  { name: 'doctor', takes: '', does: 'check what groundswell needs; say what is missing and how to get it' },
  { name: 'completion', takes: '<shell>', does: 'print the completion script of bash, zsh or fish' },
  { name: 'permissions', takes: '', does: 'print the smallest IAM policy that a worker needs at AWS' },
  { name: 'schema', takes: '', does: 'print the JSON Schema of the spec' },
  {
    name: 'secret',
    takes: '[command]',
    does: 'show, export or import the worker secret, from which all host keys follow',
  },
] as const satisfies readonly ListedCommand[];

export type CommandName = (typeof commandList)[number]['name'];

/** The purpose of a command, as the help shows it. */
export function purposeOf(name: CommandName): string {
  return commandList.find((command) => command.name === name)?.does ?? '';
}
