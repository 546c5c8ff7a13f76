import { describe, expect, it } from 'vitest';
import { observeCluster } from '../../activities/observe-cluster.js';
import { RolloutError } from '../../model/rollout-error.js';
import { createHostIdentity } from '../../systems/ssh/host-identity.js';
import { anInstance, aSpec, someFacts } from '../builders.js';

const spec = aSpec();
const identity = createHostIdentity('a secret of the test');
const instance = anInstance({ node: 'k8s-master' });
const changed = new RolloutError(
  'HostKeyChanged',
  'node k8s-master: expected one of 1 pinned host keys, found another',
);

/** What is seen while the control plane shows a host key. */
function observed(shown: string) {
  const { account, image, network } = someFacts();
  const none = (): never => {
    throw new Error('this test has no business there');
  };
  return observeCluster(
    {
      identity,
      ec2Network: {
        describeNetwork: () => Promise.resolve(network),
        createVpc: none,
        createSubnet: none,
        createInternetGateway: none,
        createRouteTable: none,
        createSecurityGroup: none,
      },
      ec2Compute: {
        account: () => Promise.resolve(account),
        resolveImage: () => Promise.resolve(image),
        describeInstances: () => Promise.resolve([instance]),
        runInstance: none,
        terminateInstance: none,
        describeKeyPair: none,
        importKeyPair: none,
      },
      kubernetesAccess: { connect: () => Promise.reject(changed), kubeconfig: none },
      ssh: {
        connect: ({ hostKeys }) =>
          hostKeys.includes(shown) ? Promise.resolve({ hostKey: shown }) : Promise.reject(changed),
        run: none,
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

    const facts = await observed(first);

    expect(facts.instances).toEqual([instance]);
    expect(facts.kubernetes).toBeUndefined();
  });

  it('shows a key that nobody gave it is not looked at', async () => {
    await expect(observed('ssh-ed25519 of a stranger')).rejects.toMatchObject({ type: 'HostKeyChanged' });
  });
});
