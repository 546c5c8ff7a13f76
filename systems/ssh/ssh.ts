import type { SecretReference } from '../../model/spec/spec.js';
import type { CallOptions } from '../calls.js';

/** The SSH coordinates of one host. */
export interface SshTarget {
  readonly node: string;
  readonly address: string;
  /** Default 22. */
  readonly port?: number;
  readonly user: string;
  /** Place of the private key that the host accepts. */
  readonly key: SecretReference;
  /** The only accepted host keys (`ssh-ed25519 AAAA…`). */
  readonly hostKeys: readonly string[];
}

export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** SSH to hosts with pinned host keys. */
export interface Ssh {
  /** Whether the host answers at its SSH port at all, be it with a refusal. Nothing is proved of who answers. */
  answers(target: SshTarget, options?: CallOptions): Promise<boolean>;
  /**
   * Connects and returns the host key of the host. Fails with `HostUnreachable`, `HostLoginRefused` or, for a key that
   * is not accepted, `HostKeyChanged`.
   */
  connect(target: SshTarget, options?: CallOptions): Promise<{ readonly hostKey: string }>;
  /**
   * Runs a command with `sh`, started by the login shell. Own output of the login shell is no output of the command. A
   * non-zero exit code is an outcome, not an error. Fails with `HostLoginRefused` when the login shell does not run the
   * command. Fails with `HostUnreachable` after a lost connection; it is then unknown whether the command ran.
   */
  run(
    target: SshTarget,
    command: string,
    options?: CallOptions & { readonly input?: string; readonly timeoutMs?: number },
  ): Promise<CommandOutcome>;
}
