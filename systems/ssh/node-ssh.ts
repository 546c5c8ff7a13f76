import { randomBytes } from 'node:crypto';
import { NodeSSH, type SSHExecCommandResponse } from 'node-ssh';
import { RolloutError } from '../../model/rollout-error.js';
import type { SecretReference } from '../../model/spec/spec.js';
import type { CallOptions } from '../calls.js';
import { classifySshFailure, sshFailureText } from './classify-failure.js';
import { connectionPace, type ConnectionPace } from './connection-pace.js';
import { markedCommand, type MarkedCommand } from './marked-command.js';
import { hostKeyText } from './public-key.js';
import { takesConnections } from './takes-connections.js';
import type { CommandOutcome, Ssh, SshTarget } from './ssh.js';

export interface NodeSshDependencies {
  readonly readSecret: (reference: SecretReference) => Promise<string>;
  readonly pace?: ConnectionPace;
}

interface Session {
  readonly client: NodeSSH;
  readonly hostKey: string;
}

/** Implements SSH with node-ssh, with one connection per call. Accepts only Ed25519 host keys that the target names. */
export function createNodeSsh(dependencies: NodeSshDependencies): Ssh {
  return {
    answers: ({ address, port = 22 }, options) => takesConnections({ address, port }, options),
    async connect(target, options) {
      return withSession(dependencies, target, options, ({ hostKey }) => Promise.resolve({ hostKey }));
    },
    async run(target, command, options = {}) {
      return withSession(dependencies, target, options, async ({ client }) => {
        const marked = markedCommand(command, randomBytes(6).toString('hex'));
        const running = client.execCommand(marked.command, {
          ...(options.input === undefined ? {} : { stdin: options.input }),
          noTrim: true,
        });
        return outcomeOf(await ended(running, target, options), target, marked);
      });
    },
  };
}

async function withSession<T>(
  dependencies: NodeSshDependencies,
  target: SshTarget,
  options: CallOptions | undefined,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  options?.signal?.throwIfAborted();
  const client = new NodeSSH();
  const end = (): void => {
    // dispose says goodbye first, and a hung host would never answer
    client.connection?.destroy();
  };
  options?.signal?.addEventListener('abort', end, { once: true });
  try {
    const hostKey = await open(dependencies, client, target);
    options?.signal?.throwIfAborted();
    return await use({ client, hostKey });
  } catch (error) {
    options?.signal?.throwIfAborted();
    throw error;
  } finally {
    options?.signal?.removeEventListener('abort', end);
    end();
  }
}

async function open(dependencies: NodeSshDependencies, client: NodeSSH, target: SshTarget): Promise<string> {
  const privateKey = await dependencies.readSecret(target.key);
  const { connectSeconds, aliveSeconds, aliveCount } = dependencies.pace ?? connectionPace;
  let shown = '';
  try {
    await client.connect({
      host: target.address,
      port: target.port ?? 22,
      username: target.user,
      privateKey,
      readyTimeout: connectSeconds * 1000,
      keepaliveInterval: aliveSeconds * 1000,
      keepaliveCountMax: aliveCount,
      algorithms: { serverHostKey: ['ssh-ed25519'] },
      hostVerifier: (key: Buffer) => {
        shown = hostKeyText(key);
        return target.hostKeys.includes(shown);
      },
    });
  } catch (error) {
    throw connectFailure(error, target, shown);
  }
  // without a listener, the loss of a connection would end the process
  client.connection?.on('error', () => undefined);
  return shown;
}

function connectFailure(error: unknown, target: SshTarget, shown: string): RolloutError {
  const type = classifySshFailure(error);
  const where = `node ${target.node}: ssh ${target.user}@${target.address}`;
  if (type === 'HostKeyChanged') {
    const found = shown === '' ? sshFailureText(error) : shown;
    return new RolloutError(
      type,
      `${where}: expected one of ${target.hostKeys.length} pinned host keys, found ${found}`,
    );
  }
  return new RolloutError(type, `${where}: ${sshFailureText(error)}`, { cause: error });
}

/** Waits for the command's own end or for the time-out, whichever comes first. */
async function ended(
  running: Promise<SSHExecCommandResponse>,
  target: SshTarget,
  options: { readonly timeoutMs?: number },
): Promise<SSHExecCommandResponse> {
  const { timeoutMs } = options;
  if (timeoutMs === undefined) return running;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new RolloutError(
          'TimedOut',
          `node ${target.node}: command on ${target.address} still runs after ${timeoutMs / 1000} s`,
        ),
      );
    }, timeoutMs);
  });
  try {
    return await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
    // the slower of the two ends with the connection
    running.catch(() => undefined);
  }
}

function outcomeOf(
  response: SSHExecCommandResponse,
  target: SshTarget,
  { outputIn }: Pick<MarkedCommand, 'outputIn'>,
): CommandOutcome {
  // node-ssh resolves a lost connection with neither code nor signal
  if (response.code === null && response.signal === null) {
    throw new RolloutError(
      'HostUnreachable',
      `node ${target.node}: connection to ${target.address} lost while a command ran; its outcome is unknown`,
    );
  }
  const stdout = outputIn(response.stdout);
  if (stdout === undefined) throw notBegun(response, target);
  return { exitCode: response.code ?? 128, stdout, stderr: response.stderr };
}

/** The failure of a login shell that runs nothing, or of a host whose sshd runs another command instead. */
function notBegun({ stdout, stderr }: SSHExecCommandResponse, target: SshTarget): RolloutError {
  const line = `${stdout}\n${stderr}`.split('\n').find((text) => text.trim() !== '') ?? '';
  return new RolloutError(
    'HostLoginRefused',
    `node ${target.node}: ssh ${target.user}@${target.address}: expected its login shell to run a command, ` +
      `found that it only printed '${line.trim().slice(0, 200)}'`,
  );
}
