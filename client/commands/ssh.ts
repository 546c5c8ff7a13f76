import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { runInForeground } from '../../systems/process.js';
import type { SshTarget } from '../../worker/local-access.js';
import { requireSpec } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

/** `ssh <node> [command…]`: runs the system's ssh to a node. Only the pinned host keys are trusted. */
export function addSsh(program: Command, run: CliRun): void {
  defineCommand(program, 'ssh')
    .argument('<node>', 'name of a node of the spec')
    .argument('[command...]', 'command to run; default: a login shell')
    .passThroughOptions()
    .action((node: string, command: readonly string[], options: SharedOptions) =>
      perform(run, options, (session) => ssh(session, node, command)),
    );
}

async function ssh(session: Session, node: string, command: readonly string[]): Promise<number> {
  const target = await session.target();
  const spec = await requireSpec(target.spec);
  const { hostOf } = await import('../../worker/local-access.js');
  const host = await hostOf(target, spec, node);
  const folder = await mkdtemp(join(tmpdir(), 'groundswell-ssh-'));
  try {
    const knownHosts = join(folder, 'known_hosts');
    const lines = host.hostKeys.map((key) => `${node} ${key}\n`);
    await writeFile(knownHosts, lines.join(''), { mode: 0o600 });
    return await runInForeground('ssh', [...sshArguments(host, knownHosts), ...command]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** OpenSSH arguments that accept only the pinned keys, whatever the person's own configuration says. */
export function sshArguments(host: SshTarget, knownHosts: string): readonly string[] {
  const identity =
    'file' in host.key ? ['-o', 'IdentitiesOnly=yes', '-i', host.key.file.replace(/^~(?=\/)/, homedir())] : [];
  return [
    ...['-o', `UserKnownHostsFile=${knownHosts}`, '-o', 'GlobalKnownHostsFile=/dev/null'],
    ...['-o', 'StrictHostKeyChecking=yes', '-o', `HostKeyAlias=${host.node}`, '-o', 'UpdateHostKeys=no'],
    ...identity,
    ...['-o', 'ConnectTimeout=10', '-p', String(host.port ?? 22), '-l', host.user, host.address],
  ];
}
