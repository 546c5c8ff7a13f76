import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import type { Ssh, SshTarget } from '../ssh/ssh.js';
import { type ApiTransport, createApiTransport } from './api-transport.js';
import { createHttpKubernetes } from './http-kubernetes.js';
import { kubeconfigFor, parseKubeconfig } from './kubeconfig.js';
import type { Kubernetes, KubernetesAccess } from './kubernetes.js';

interface Connected {
  readonly kubernetes: Kubernetes;
  readonly fetchedAtMs: number;
  lost: boolean;
}

/** An older kubeconfig is fetched again, because certificates are renewed and control planes are replaced. */
const keptForMs = 5 * 60_000;
const missingFileCode = 66;
const readAdminConf = `sudo -n sh -c 'test -e /etc/kubernetes/admin.conf || exit ${missingFileCode}; cat /etc/kubernetes/admin.conf'`;

/**
 * Reaches the Kubernetes API with the kubeconfig that kubeadm leaves on the control plane. Fetches it over pinned SSH,
 * and keeps it only in memory, for a few minutes, by address and host key. Fetches it again when the API server refuses
 * it.
 */
export function createSshKubernetesAccess(ssh: Ssh): KubernetesAccess {
  const connected = new Map<string, Connected>();
  const access: KubernetesAccess = {
    async connect(controlPlane, input, options) {
      const key = JSON.stringify([controlPlane.address, controlPlane.hostKeys, input.endpoint]);
      const hit = connected.get(key);
      if (hit !== undefined && !hit.lost && Date.now() - hit.fetchedAtMs < keptForMs) return hit.kubernetes;
      connected.delete(key);
      const text = await access.kubeconfig(controlPlane, input, options);
      if (text === undefined) return undefined;
      const fresh = connection({ text, fetchAgain: (calls) => access.kubeconfig(controlPlane, input, calls) });
      connected.set(key, fresh);
      return fresh.kubernetes;
    },
    async kubeconfig(controlPlane, input, options) {
      const text = await adminConf(ssh, controlPlane, options);
      if (text === undefined) return undefined;
      return ofControlPlane(controlPlane, () =>
        kubeconfigFor(text, { address: controlPlane.address, endpoint: input.endpoint }),
      );
    },
  };
  return access;
}

/** Adds the host to the error of an unusable file. */
function ofControlPlane(target: SshTarget, make: () => string): string {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
    const message = `control plane ${target.node}: /etc/kubernetes/admin.conf: ${error.message}`;
    throw new RolloutError(error.type, message, { cause: error });
  }
}

function connection(input: {
  readonly text: string;
  readonly fetchAgain: (options?: CallOptions) => Promise<string | undefined>;
}): Connected {
  let transport: ApiTransport = createApiTransport(parseKubeconfig(input.text));
  const kubernetes = createHttpKubernetes({
    current: () => transport,
    async renew(options) {
      const text = await input.fetchAgain(options);
      if (text === undefined) return false;
      transport = createApiTransport(parseKubeconfig(text));
      return true;
    },
    lost: () => {
      entry.lost = true;
    },
  });
  const entry: Connected = { kubernetes, fetchedAtMs: Date.now(), lost: false };
  return entry;
}

async function adminConf(ssh: Ssh, target: SshTarget, options?: CallOptions): Promise<string | undefined> {
  const outcome = await ssh.run(target, readAdminConf, { ...options, timeoutMs: 20_000 });
  if (outcome.exitCode === 0) return outcome.stdout;
  if (outcome.exitCode === missingFileCode) return undefined;
  const why = outcome.stderr.trim().split('\n').at(-1) ?? '';
  throw new RolloutError(
    'KubernetesUnavailable',
    `control plane ${target.node}: ${target.user} cannot read /etc/kubernetes/admin.conf (exit ${outcome.exitCode}): ${why}`,
  );
}
