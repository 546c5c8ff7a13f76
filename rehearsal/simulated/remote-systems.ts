import { isFailureType, type FailureType } from '../../model/failures.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import type { Ec2Parts } from './ec2/ec2-parts.js';
import { createSimulatedNetwork } from './ec2/simulated-network.js';
import type { SimulatedSystems } from './simulated-systems.js';

export interface RemoteSystemsOptions {
  /** Says who calls, for whoever stands before the outside. Default: nobody. */
  readonly caller?: () => string;
}

/** Simulated systems that live in another process, at the root URL of `serveSystems`. */
export function remoteSystems(url: string, { caller }: RemoteSystemsOptions = {}): SimulatedSystems {
  const headers = (): Record<string, string> => (caller === undefined ? {} : { 'x-caller': caller() });
  const remote = (system: string, unreachable: FailureType) => ({
    call: async <Result>(method: string, args: readonly unknown[], options?: CallOptions): Promise<Result> =>
      post<Result>({ url: `${url}/${system}/${method}`, unreachable, headers: headers(), args }, options),
  });
  const ec2 = remote('ec2Parts', 'AwsUnavailable');
  const compute = remote('ec2Compute', 'AwsUnavailable');
  const lock = remote('ec2Lock', 'AwsUnavailable');
  const catalog = remote('ec2Catalog', 'AwsUnavailable');
  const ssh = remote('ssh', 'HostUnreachable');
  const ansible = remote('ansible', 'HostUnreachable');
  const access = remote('kubernetesAccess', 'KubernetesUnavailable');
  const api = remote('kubernetes', 'KubernetesUnavailable');
  const parts = (options?: CallOptions): Ec2Parts => ({
    list: (kind, cluster) => ec2.call('list', [kind, cluster], options),
    create: (input) => ec2.call('create', [input], options),
    complete: (id, allowedCidrs) =>
      ec2.call('complete', [id, ...(allowedCidrs === undefined ? [] : [allowedCidrs])], options),
    tag: (id, tags) => ec2.call('tag', [id, tags], options),
    remove: (id) => ec2.call('remove', [id], options),
    removeKeyPair: (name) => ec2.call('removeKeyPair', [name], options),
  });
  const describeKeyPair: SimulatedSystems['ec2Compute']['describeKeyPair'] = (owner, options) =>
    compute.call('describeKeyPair', [owner], options);
  return {
    ec2Parts: parts(),
    ec2Network: createSimulatedNetwork({
      parts,
      keyPairName: async (cluster, options) => (await describeKeyPair({ cluster }, options))?.name,
      instances: (owner, options) => compute.call('describeInstances', [owner], options),
      lock: (owner, options) => lock.call('describeLock', [owner], options),
    }),
    ec2Compute: {
      account: (options) => compute.call('account', [], options),
      resolveImage: (image, options) => compute.call('resolveImage', [image], options),
      describeInstances: (owner, options) => compute.call('describeInstances', [owner], options),
      runInstance: (request, options) => compute.call('runInstance', [request], options),
      terminateInstance: (input, options) => compute.call('terminateInstance', [input], options),
      describeKeyPair,
      importKeyPair: (input, options) => compute.call('importKeyPair', [input], options),
    },
    ec2Lock: {
      describeLock: (owner, options) => lock.call('describeLock', [owner], options),
      createLock: (input, options) => lock.call('createLock', [input], options),
      deleteLock: (input, options) => lock.call('deleteLock', [input], options),
    },
    ec2Catalog: {
      instanceTypes: (input, options) => catalog.call('instanceTypes', [input], options),
      instanceTypeNames: (input, options) => catalog.call('instanceTypeNames', [input], options),
      zones: (input, options) => catalog.call('zones', [input], options),
    },
    ssh: {
      answers: (target, options) => ssh.call('answers', [target], options),
      connect: (target, options) => ssh.call('connect', [target], options),
      run: (target, command, options) => ssh.call('run', [target, command], options),
    },
    ansible: {
      runPlaybook: (run, options) => ansible.call('runPlaybook', [run], options),
      contentDigest: () => ansible.call('contentDigest', []),
    },
    kubernetesAccess: {
      kubeconfig: (controlPlane, input, options) => access.call('kubeconfig', [controlPlane, input], options),
      async connect(controlPlane, input, options) {
        if (!(await access.call<boolean>('connect', [controlPlane, input], options))) return undefined;
        const to = [controlPlane, input];
        const kubernetes: Kubernetes = {
          get: (reference, call) => api.call('get', [...to, reference], call),
          list: (query, call) => api.call('list', [...to, query], call),
          apply: (object, { fieldManager, ...call }) => api.call('apply', [...to, object, { fieldManager }], call),
          patch: (reference, patch, { fieldManager, ...call }) =>
            api.call('patch', [...to, reference, patch, { fieldManager }], call),
          podLog: (container, call) => api.call('podLog', [...to, container], call),
          evict: (pod, call) => api.call('evict', [...to, pod], call),
          delete: (reference, { propagation, ...call } = {}) =>
            api.call('delete', [...to, reference, propagation === undefined ? {} : { propagation }], call),
        };
        return kubernetes;
      },
    },
  };
}

interface Answer<Result> {
  readonly result: Result;
  readonly type?: string;
  readonly message?: string;
  readonly code?: string;
  readonly log?: string;
}

/** Both ends are of this build. */
const parse: <Result>(text: string) => Answer<Result> = JSON.parse;

interface Call {
  readonly url: string;
  /** The failure that a missing answer means for the caller. */
  readonly unreachable: FailureType;
  readonly headers: Record<string, string>;
  readonly args: readonly unknown[];
}

async function post<Result>({ url, unreachable, headers, args }: Call, { signal }: CallOptions = {}): Promise<Result> {
  let text: string;
  let ok: boolean;
  try {
    const abort = signal === undefined ? {} : { signal };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(args), ...abort });
    ok = response.ok;
    text = await response.text();
  } catch (cause) {
    signal?.throwIfAborted();
    const message = `simulated outside: ${url} does not answer; is the rehearsal up?`;
    throw new RolloutError(unreachable, message, { cause });
  }
  const { result, type, message = 'no message', code, log } = parse<Result>(text);
  if (ok) return result;
  const cause = code === undefined ? {} : { cause: Object.assign(new Error(message), { code }) };
  throw new RolloutError(type !== undefined && isFailureType(type) ? type : 'Unexpected', message, { ...cause, log });
}
