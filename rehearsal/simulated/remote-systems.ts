import { isFailureType } from '../../model/failures.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import type { SimulatedSystems } from './simulated-systems.js';

/** Simulated systems that live in another process, at the root URL of `serveSystems`. */
export function remoteSystems(url: string): SimulatedSystems {
  const remote = (system: string) => ({
    call: async <Result>(method: string, ...args: readonly unknown[]): Promise<Result> =>
      post<Result>(`${url}/${system}/${method}`, args),
    callUntil: async <Result>(
      signal: AbortSignal | undefined,
      method: string,
      ...args: readonly unknown[]
    ): Promise<Result> => post<Result>(`${url}/${system}/${method}`, args, signal),
  });
  const [network, compute, ssh, ansible, access] = [
    remote('ec2Network'),
    remote('ec2Compute'),
    remote('ssh'),
    remote('ansible'),
    remote('kubernetesAccess'),
  ];
  return {
    ec2Network: {
      describeNetwork: (owner) => network.call('describeNetwork', owner),
      createVpc: (input) => network.call('createVpc', input),
      createSubnet: (input) => network.call('createSubnet', input),
      createInternetGateway: (input) => network.call('createInternetGateway', input),
      createRouteTable: (input) => network.call('createRouteTable', input),
      createSecurityGroup: (input) => network.call('createSecurityGroup', input),
    },
    ec2Compute: {
      account: () => compute.call('account'),
      resolveImage: (image) => compute.call('resolveImage', image),
      describeInstances: (owner) => compute.call('describeInstances', owner),
      runInstance: (request) => compute.call('runInstance', request),
      terminateInstance: (input) => compute.call('terminateInstance', input),
      describeKeyPair: (owner) => compute.call('describeKeyPair', owner),
      importKeyPair: (input) => compute.call('importKeyPair', input),
    },
    ssh: {
      connect: (target) => ssh.call('connect', target),
      run: (target, command) => ssh.call('run', target, command),
    },
    ansible: {
      runPlaybook: (run, options) => ansible.callUntil(options?.signal, 'runPlaybook', run),
      contentDigest: () => ansible.call('contentDigest'),
    },
    kubernetesAccess: {
      kubeconfig: (controlPlane, input) => access.call('kubeconfig', controlPlane, input),
      async connect(controlPlane, input) {
        if (!(await access.call<boolean>('connect', controlPlane, input))) return undefined;
        const api = remote('kubernetes');
        const kubernetes: Kubernetes = {
          get: (reference) => api.call('get', controlPlane, input, reference),
          list: (query) => api.call('list', controlPlane, input, query),
          apply: (object, { fieldManager }) => api.call('apply', controlPlane, input, object, { fieldManager }),
          patch: (reference, patch, { fieldManager }) =>
            api.call('patch', controlPlane, input, reference, patch, { fieldManager }),
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
  readonly log?: string;
}

/** Both ends are of this build. */
const parse: <Result>(text: string) => Answer<Result> = JSON.parse;

async function post<Result>(url: string, args: readonly unknown[], signal?: AbortSignal): Promise<Result> {
  let response: Response;
  try {
    response = await fetch(url, { method: 'POST', body: JSON.stringify(args), signal: signal ?? null });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new RolloutError('AwsUnavailable', `simulated outside: ${url} does not answer; is the rehearsal up?`, {
      cause,
    });
  }
  const { result, type, message, log } = parse<Result>(await response.text());
  if (response.ok) return result;
  throw new RolloutError(type !== undefined && isFailureType(type) ? type : 'Unexpected', message ?? 'no message', {
    log,
  });
}
