import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { observeCluster } from '../../../activities/planning/observe-cluster.js';
import { certificateFacts } from '../../../activities/hosts/see-certificates.js';
import type { CertificateFacts, ClusterFacts } from '../../../model/facts/facts.js';
import type { Plan } from '../../../model/plan/plan.js';
import { changesOf } from '../../../model/plan/plan.js';
import type { NodeSpec } from '../../../model/spec/spec.js';
import { whyRealHostsAreImpossible } from '../../../rehearsal/hosts/machine/machine-support.js';
import { createSshKubernetesAccess } from '../../../systems/kubernetes/ssh-kubernetes-access.js';
import type { KubernetesAccess } from '../../../systems/kubernetes/kubernetes.js';
import { aPlan, someFacts, wholeNetwork } from '../../builders.js';
import { ansibleMissing } from '../../systems/ansible/ansible-content.js';
import { runActivity } from '../cluster-dependencies.js';
import { bootRehearsalWorld, type RehearsalWorld } from '../rehearsal-world.js';

const missing = (await whyRealHostsAreImpossible()) ?? ansibleMissing();
const title = `certificates of a control plane on a real host${missing === undefined ? '' : ` (skipped: ${missing})`}`;
const dayMs = 86_400_000;

describe.skipIf(missing !== undefined)(title, () => {
  let world: RehearsalWorld;
  let master: NodeSpec;
  let kubernetesAccess: KubernetesAccess;

  beforeAll(async () => {
    world = await bootRehearsalWorld({ hosts: 1 });
    kubernetesAccess = createSshKubernetesAccess(world.ssh);
    const [first] = world.spec.nodes;
    if (first === undefined) throw new Error('expected a node');
    master = first;
    await run('waitUntilReachable');
    await run('prepareHost');
    await run('initControlPlane');
    await run('installPodNetwork');
  });
  afterAll(async () => {
    await world.close();
  });

  type Name = 'waitUntilReachable' | 'prepareHost' | 'initControlPlane' | 'installPodNetwork' | 'renewCertificates';
  const run = (name: Name) => {
    const { role } = master;
    const node = { name: master.name, role, generation: 1, op: 'create', data: [], certificates: 'renew' } as const;
    const activities = { ...world.activities, ...world.certificates };
    return runActivity((input) => activities[name](input), { plan: world.plan, node });
  };
  const onHost = async (script: string): Promise<string> => {
    const outcome = await world.ssh.run(world.targetOf(master), 'sudo sh -e', { input: script, timeoutMs: 180_000 });
    expect(outcome, outcome.stderr).toMatchObject({ exitCode: 0 });
    return outcome.stdout;
  };
  const seen = async (): Promise<CertificateFacts> => {
    const facts = await certificateFacts({ ssh: world.ssh, host: world.targetOf(master), options: {} });
    if ('unknown' in facts) throw new Error(facts.unknown);
    return facts;
  };
  const planned = async (): Promise<{ readonly facts: ClusterFacts; readonly plan: Plan }> => {
    const { account, image } = someFacts();
    const { ec2Compute, ec2Network } = world.ec2;
    const facts = await observeCluster(
      {
        ...world,
        kubernetesAccess,
        ec2Compute: {
          ...ec2Compute,
          account: () => Promise.resolve(account),
          resolveImage: () => Promise.resolve(image),
        },
        ec2Network: {
          ...ec2Network,
          describeNetwork: () => Promise.resolve({ ...wholeNetwork(world.spec), initialisedGeneration: 1 }),
        },
      },
      world.spec,
      {},
    );
    return { facts, plan: aPlan({ spec: world.spec, facts }) };
  };
  const certificatesStep = ({ steps }: Plan) => steps.find(({ step }) => step === `node/${master.name}/certificates`);

  /** Makes every certificate that is not an authority another one of a given life, the kubelet's too. */
  const mint = (life: string): Promise<string> =>
    onHost(`
      cat > /run/short.yaml <<END
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v${world.spec.kubernetes.version}
certificateValidityPeriod: ${life}
END
      kubeadm certs renew all --config /run/short.yaml
      cd /var/lib/kubelet/pki
      kubeadm kubeconfig user --config /run/short.yaml --org system:nodes --client-name system:node:$(hostname) \\
        --validity-period ${life} > /run/kubelet.conf
      sed -nE 's/^ *client-(certificate|key)-data: //p' /run/kubelet.conf |
        while read -r data; do echo "$data" | base64 -d; done > kubelet-client-short.pem
      chmod 0600 kubelet-client-short.pem; rm /run/kubelet.conf
      ln -sf kubelet-client-short.pem kubelet-client-current.pem`);
  const kubectl = (command: string): Promise<string> =>
    onHost(`kubectl --kubeconfig /etc/kubernetes/admin.conf ${command}`);
  const uids = (): Promise<string> =>
    kubectl(`get nodes,pods -A -o 'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid}{"\\n"}{end}'`);
  /** When the certificate expires that the API server shows. */
  const shown = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: world.targetOf(master).address, port: 6443, rejectUnauthorized: false }, () => {
        resolve(Date.parse(socket.getPeerCertificate().valid_to));
        socket.destroy();
      }).on('error', reject);
    });

  it('last for a year after kubeadm init, their authorities for ten, and there is nothing to renew', async () => {
    const facts = await seen();
    const { plan } = await planned();

    expect(facts.renewable.map(({ name }) => name).sort()).toEqual(
      [
        ...['admin.conf', 'controller-manager.conf', 'scheduler.conf', 'super-admin.conf'],
        ...['apiserver.crt', 'apiserver-etcd-client.crt', 'apiserver-kubelet-client.crt', 'front-proxy-client.crt'],
        ...['etcd/healthcheck-client.crt', 'etcd/peer.crt', 'etcd/server.crt', 'kubelet-client-current.pem'],
      ].sort(),
    );
    expect(facts.authorities.map(({ name }) => name).sort()).toEqual(['ca.crt', 'etcd/ca.crt', 'front-proxy-ca.crt']);
    expect(facts.unread).toEqual([]);
    expect(certificatesStep(plan)).toMatchObject({ op: 'none' });
    expect(certificatesStep(plan)?.note).toBeUndefined();
    expect(await run('renewCertificates')).toEqual({ changed: false });
  });

  it('are renewed 30 days ahead: the API serves with the new ones, Nodes and pods stay the same ones', async () => {
    await mint('480h0m0s');
    const before = { facts: await seen(), uids: await uids() };
    const { plan } = await planned();

    expect(certificatesStep(plan)).toMatchObject({
      op: 'change',
      reason: expect.stringMatching(/ expires on \S+, 19 days from now \(and 11 more within 30 days\)$/),
    });
    expect(await run('renewCertificates')).toEqual({ changed: true });

    const after = await seen();
    expect(Date.parse(after.renewable[0]?.expiresAt ?? '')).toBeGreaterThan(Date.now() + 300 * dayMs);
    expect(after.authorities).toEqual(before.facts.authorities);
    expect(await shown()).toBeGreaterThan(Date.now() + 300 * dayMs);
    expect(await uids()).toBe(before.uids);
    expect(certificatesStep((await planned()).plan)).toMatchObject({ op: 'none' });
    expect(await run('renewCertificates')).toEqual({ changed: false });
  });

  it('that have expired hide the cluster: only their renewal is planned, and brings the same cluster back', async () => {
    const before = await uids();
    // long enough for a busy machine to mint all of them
    await mint('120s');
    const { renewable } = await seen();
    await onHost(`
      for id in $(ctr -n k8s.io containers ls -q 'labels."io.kubernetes.pod.namespace"==kube-system'); do
        ctr -n k8s.io tasks kill -s SIGKILL "$id" 2> /dev/null || true
      done
      systemctl restart kubelet`);
    const lastMs = Date.parse(renewable.at(-1)?.expiresAt ?? '');
    await vi.waitUntil(async () => Date.parse((await seen()).seenAt) > lastMs, { timeout: 600_000, interval: 2_000 });

    const { facts, plan } = await planned();
    const init = run('initControlPlane');
    await expect(init).rejects.toThrow(/is not run over certificates that have expired: .*apiserver\.crt/);

    expect(facts.kubernetes).toBeUndefined();
    expect(changesOf(plan).map(({ step }) => step)).toEqual([`node/${master.name}/certificates`]);
    expect(plan.hidden).toMatch(/ expired on \S+, less than a day ago/);
    expect(plan.nodes.find(({ name }) => name === master.name)).toMatchObject({ certificates: 'renew only' });

    expect(await run('renewCertificates')).toEqual({ changed: true });

    expect((await planned()).facts.kubernetes?.initialised).toBe(true);
    expect(await shown()).toBeGreaterThan(Date.now() + 300 * dayMs);
    expect(await uids()).toBe(before);
    const ready = `get node ${master.name} -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'`;
    await vi.waitUntil(async () => (await kubectl(ready)) === 'True', { timeout: 300_000, interval: 2_000 });
    expect(await run('renewCertificates')).toEqual({ changed: false });
    expect(await run('initControlPlane')).toEqual({ changed: false });
  });

  it('did not make kubeadm init run twice, as the host itself says', async () => {
    const [instance] = world.instances;
    const effects = await world.hosts.readKubeadmEffects(instance?.id ?? '');

    expect(effects.map(({ effect }) => effect)).toEqual(['kubeadm init']);
  });
});
