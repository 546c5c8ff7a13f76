import type { SecretReference } from '../../model/spec/spec.js';
import type { CallOptions } from '../calls.js';

/** One host as SSH reaches it. */
export interface SshTarget {
  readonly node: string;
  readonly address: string;
  /** Default 22. */
  readonly port?: number;
  readonly user: string;
  /** Where the private key is found that the host accepts. */
  readonly key: SecretReference;
  /** The host keys that are accepted (`ssh-ed25519 AAAA…`), nothing else ever is. */
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
   * Connects and returns the host key that was shown. Fails with `HostUnreachable`, `HostLoginRefused` or,
   * when the host shows a key that is not accepted, `HostKeyChanged`.
   */
  connect(target: SshTarget, options?: CallOptions): Promise<{ readonly hostKey: string }>;
  /**
   * Runs a command by `sh`, begun by the login shell; what that one prints by itself is no output of the command. A non-zero
   * exit code is an outcome, not an error. Fails with `HostLoginRefused` when the login shell does not run it. A lost connection fails with `HostUnreachable`: whether the command ran is then unknown.
   */
  run(
    target: SshTarget,
    command: string,
    options?: CallOptions & { readonly input?: string; readonly timeoutMs?: number },
  ): Promise<CommandOutcome>;
}
