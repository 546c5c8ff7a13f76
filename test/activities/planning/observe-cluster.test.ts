import { describe, expect, it } from 'vitest';
import { observeCluster } from '../../../activities/planning/observe-cluster.js';
import type { InstanceFact } from '../../../model/facts/facts.js';
import { RolloutError } from '../../../model/rollout-error.js';
import { createHostIdentity } from '../../../systems/ssh/host-identity.js';
import { anInstance, aSpec, someFacts, wholeNetwork } from '../../builders.js';

const spec = aSpec();
const identity = createHostIdentity('a secret of the test');
const instance = anInstance({ node: 'k8s-master' });
const changed = new RolloutError(
  'HostKeyChanged',
  'node k8s-master: expected one of 1 pinned host keys, found another',
);

interface Seen {
  /** The host key that the control plane shows. Default: that of a stranger. */
  readonly shown?: string;
  readonly instances?: readonly InstanceFact[];
  readonly initialisedGeneration?: number;
  /** How the way to the API fails. */
  readonly failure?: RolloutError;
  /** What the host lists of its certificates; by default it does not know the question. */
  readonly listed?: string;
}

/** What is seen of a cluster whose control plane does not answer. */
function observed({ shown = 'a stranger', instances = [instance], failure = changed, listed, ...recorded }: Seen) {
  const { account, image } = someFacts();
  const network = { ...wholeNetwork(spec), ...recorded };
  const none = (): never => {
    throw new Error('this test has no business there');
  };
  return observeCluster(
    {
      identity,
      ec2Network: {
        describeNetwork: () => Promise.resolve(network),
        createPart: none,
        recordInitialised: none,
        recordWorkerSecret: none,
        deletePart: none,
        describeResidue: none,
      },
      ec2Compute: {
        account: () => Promise.resolve(account),
        resolveImage: () => Promise.resolve(image),
        describeInstances: () => Promise.resolve(instances),
        runInstance: none,
        terminateInstance: none,
        describeKeyPair: none,
        importKeyPair: none,
      },
      kubernetesAccess: { connect: () => Promise.reject(failure), kubeconfig: none },
      ssh: {
        answers: () => Promise.resolve(true),
        connect: ({ hostKeys }) =>
          hostKeys.includes(shown) ? Promise.resolve({ hostKey: shown }) : Promise.reject(changed),
        run: () =>
          Promise.resolve(
            listed === undefined
              ? { exitCode: 1, stdout: '', stderr: "groundswell-host: no verb 'certificates'" }
              : { exitCode: 0, stdout: listed, stderr: '' },
          ),
      },
    },
    spec,
    {},
  );
}

describe('a cluster whose control plane', () => {
  it('still shows the host key that it was launched with has no Kubernetes yet: a roll-out after a lost history goes on', async () => {
    const { node, generation } = instance;
    const first = identity.firstKey({ cluster: spec.cluster, node, generation }).publicKey;

    const facts = await observed({ shown: first });

    expect(facts.instances).toEqual([instance]);
    expect(facts.kubernetes).toBeUndefined();
  });

  it('shows a key that nobody gave it is not looked at', async () => {
    await expect(observed({ shown: 'ssh-ed25519 of a stranger' })).rejects.toMatchObject({ type: 'HostKeyChanged' });
  });
});

describe('a control plane on which kubeadm init came to its end, and that does not answer', () => {
  const cases = {
    'is not reached': { failure: new RolloutError('HostUnreachable', '203.0.113.10:22: timed out'), says: 'timed out' },
    'refuses the login': { failure: new RolloutError('HostLoginRefused', 'no key fits'), says: 'no key fits' },
    'has an API server that is down or whose certificate has expired': {
      failure: new RolloutError('KubernetesUnavailable', 'x509: certificate has expired'),
      says: 'certificate has expired',
    },
    'is stopped': { instances: [{ ...instance, state: 'stopped' as const }], says: 'is stopped' },
  };

  it.each(Object.entries(cases))(
    'is unknown, not absent: nothing is planned when it %s',
    async (_, { says, ...seen }) => {
      const looking = observed({ ...seen, initialisedGeneration: 1 });

      await expect(looking).rejects.toMatchObject({ type: 'ClusterUnseen' });
      await expect(looking).rejects.toThrow(says);
    },
  );

  it.each(Object.entries(cases))(
    'is a first roll-out before kubeadm init ended: %s',
    async (_, { says: __, ...seen }) => {
      expect((await observed(seen)).kubernetes).toBeUndefined();
    },
  );

  it('is a new one where its generation is later than the one that is remembered', async () => {
    const failure = new RolloutError('HostUnreachable', 'it boots');
    const successor = anInstance({ node: 'k8s-master', generation: 2 });

    const facts = await observed({ failure, instances: [successor], initialisedGeneration: 1 });

    expect(facts.kubernetes).toBeUndefined();
  });

  it('is no matter of reachability when it is gone: what that means is said by the plan', async () => {
    const facts = await observed({ instances: [{ ...instance, state: 'terminated' }], initialisedGeneration: 1 });

    expect(facts.network.initialisedGeneration).toBe(1);
  });
});

describe('a control plane whose API does not answer', () => {
  const failure = new RolloutError('KubernetesUnavailable', 'the API server does not know our credentials (401)');
  const listed = (expiresAt: string): string =>
    ['now=2026-11-27T12:00:00Z', 'renewing=no', 'seen=a', `renewable admin.conf ${expiresAt}`].join('\n');

  it('because a certificate has expired is seen as that: its renewal can be planned', async () => {
    const facts = await observed({ failure, initialisedGeneration: 1, listed: listed('2026-11-24T12:00:00Z') });

    expect(facts.kubernetes).toBeUndefined();
    expect(facts.certificates).toMatchObject({ renewable: [{ name: 'admin.conf' }] });
  });

  it('for another reason is unknown as before', async () => {
    const looking = observed({ failure, initialisedGeneration: 1, listed: listed('2027-11-24T12:00:00Z') });

    await expect(looking).rejects.toThrow(/i-\w+: the API server does not know our credentials \(401\)$/);
  });

  it('and whose host cannot tell either is unknown, with what to type there', async () => {
    const looking = observed({ failure, initialisedGeneration: 1 });

    await expect(looking).rejects.toMatchObject({ type: 'ClusterUnseen' });
    await expect(looking).rejects.toThrow(/no verb 'certificates'.*`sudo kubeadm certs renew all` renews them$/);
  });
});
