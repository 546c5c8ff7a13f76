import type { Command } from 'commander';
import type { CommandName } from './command-list.js';
import type { CliRun } from './define-command.js';

/** Adds one command with all its options to the program. */
export type AddCommand = (program: Command, run: CliRun) => void;

/**
 * Each command is a module of its own and loads its own dependencies. The help and the other commands do not wait for
 * them.
 */
const loaders: Readonly<Record<CommandName, () => Promise<AddCommand>>> = {
  validate: async () => (await import('../commands/validate.js')).addValidate,
  plan: async () => (await import('../commands/plan.js')).addPlan,
  drift: async () => (await import('../commands/drift.js')).addDrift,
  up: async () => (await import('../commands/up.js')).addUp,
  down: async () => (await import('../commands/down.js')).addDown,
  status: async () => (await import('../commands/status.js')).addStatus,
  watch: async () => (await import('../commands/watch.js')).addWatch,
  report: async () => (await import('../commands/report.js')).addReport,
  logs: async () => (await import('../commands/logs.js')).addLogs,
  resolve: async () => (await import('../commands/resolve.js')).addResolve,
  pause: async () => (await import('../commands/pause.js')).addPause,
  resume: async () => (await import('../commands/pause.js')).addResume,
  approve: async () => (await import('../commands/approve.js')).addApprove,
  stop: async () => (await import('../commands/stop.js')).addStop,
  kubeconfig: async () => (await import('../commands/kubeconfig.js')).addKubeconfig,
  ssh: async () => (await import('../commands/ssh.js')).addSsh,
  worker: async () => (await import('../commands/worker.js')).addWorker,
  server: async () => (await import('../commands/server.js')).addServer,
  doctor: async () => (await import('../commands/doctor.js')).addDoctor,
  completion: async () => (await import('../commands/completion.js')).addCompletion,
  permissions: async () => (await import('../commands/permissions.js')).addPermissions,
  schema: async () => (await import('../commands/schema.js')).addSchema,
  secret: async () => (await import('../commands/secret.js')).addSecret,
};

/** Loads one command. */
export function loadCommand(name: CommandName): Promise<AddCommand> {
  return loaders[name]();
}
