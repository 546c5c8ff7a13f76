import { type NodeInput, plannedNode } from '../planned-node.js';
import { isRenewalDue } from '../../model/plan/certificates.js';
import type { CertificateFacts } from '../../model/facts/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import type { Ec2Compute } from '../../systems/ec2/ec2.js';
import type { HostIdentity } from '../../systems/ssh/host-identity.js';
import type { CommandOutcome, Ssh } from '../../systems/ssh/ssh.js';
import { renewCertificates, type HostCall } from './host-program.js';
import { hostTarget, runningInstance } from './host-target.js';
import { seeCertificates, type CertificateLook } from './see-certificates.js';
import { withHeartbeat } from '../with-heartbeat.js';

export type CertificateActivities = ReturnType<typeof createCertificateActivities>;

export interface CertificateDependencies {
  readonly artifacts: Artifacts;
  readonly ec2Compute: Ec2Compute;
  readonly ssh: Ssh;
  readonly identity: HostIdentity;
}

/** The kubelet rotates its own; where that did not happen, it is renewed with the others. */
const kubeletClient = 'kubelet-client-current.pem';

/** What is done to the certificates of a control plane. */
export function createCertificateActivities({ artifacts, ec2Compute, ssh, identity }: CertificateDependencies) {
  return {
    /**
     * Renews the certificates of the control plane by `kubeadm certs renew` when one expires within 30 days or has
     * expired. Then restarts etcd, the API server, the controller manager, the scheduler and the kubelet, and waits
     * until the API is ready. No Node and no pod becomes another. Authorities stay. Fails with
     * `CertificatesNotRenewed`, `HostUnreachable`.
     *
     * Repeat: safe; the renewal runs in a unit of the host, and a second start waits for that unit. It renews only
     * certificates that have not changed since the look. A renewal that was cut off is done again.
     */
    async renewCertificates(input: NodeInput): Promise<{ readonly changed: boolean }> {
      return withHeartbeat(async (options) => {
        const { node, body } = await plannedNode(artifacts, input);
        const { spec } = body;
        const instance = await runningInstance(ec2Compute, { cluster: spec.cluster, node: node.name }, options);
        const call: HostCall = { ssh, host: hostTarget({ spec, instance, identity }), options };
        const before = await mustSee(call);
        if (!isRenewalDue(before.facts)) return { changed: false };
        const kubelet = before.facts.renewable.some(
          (certificate) =>
            certificate.name === kubeletClient && isRenewalDue({ ...before.facts, renewable: [certificate] }),
        );
        const outcome = await renewCertificates(call, { seen: before.seen, kubelet });
        if (outcome.exitCode !== 0) throw notRenewed(call, lastWords(outcome), outcome);
        refuseUnrenewed(call, before.facts, (await mustSee(call)).facts);
        return { changed: true };
      });
    },
  };
}

async function mustSee(call: HostCall): Promise<CertificateLook> {
  const look = await seeCertificates(call);
  if ('unknown' in look) throw notRenewed(call, `expected to see their expiry dates, but ${look.unknown}`);
  return look;
}

/** Each that was about to expire has to last longer than before, whatever the cluster's own period for certificates is. */
function refuseUnrenewed(call: HostCall, before: CertificateFacts, after: CertificateFacts): void {
  const later = new Map(after.renewable.map(({ name, expiresAt }) => [name, expiresAt]));
  const left = before.renewable.filter(
    (certificate) =>
      isRenewalDue({ ...before, cutOff: false, renewable: [certificate] }) &&
      Date.parse(later.get(certificate.name) ?? '') <= Date.parse(certificate.expiresAt),
  );
  if (left.length === 0 && !after.cutOff) return;
  const names = left.map(({ name }) => name).join(', ');
  throw notRenewed(
    call,
    names === '' ? 'something cut the renewal off' : `expected later dates, found the same dates for ${names}`,
  );
}

function notRenewed({ host }: HostCall, why: string, outcome?: CommandOutcome): RolloutError {
  const details = outcome === undefined ? {} : { details: outcome.stderr.slice(-4000) };
  return new RolloutError('CertificatesNotRenewed', `node ${host.node}: certificates: ${why}`, details);
}

/** The program's own sentence, where it has one: what follows it says only how the unit ended. */
function lastWords({ stderr, exitCode }: CommandOutcome): string {
  const lines = stderr.trim().split('\n');
  const own = lines.findLast((line) => line.startsWith('groundswell-host: ')) ?? lines.at(-1) ?? '';
  return `exit code ${exitCode}: ${own.replace('groundswell-host: ', '').slice(0, 500)}`;
}
