import { stdoutOf } from '../../observer/run.js';
import type { RealThreeNodes } from './real-three-nodes.js';

/** One way in which a node that joined long ago gets sick, and how it is mended. */
export interface Sickness {
  readonly is: string;
  /** The taint by which Kubernetes shows it. */
  readonly taint: string;
  /** The part of a node at which a roll-out parks, and what it says. */
  readonly parksAt: 'join' | 'ready';
  readonly says: string;
  /** The kubelet itself runs on all the time. */
  readonly kubeletRunsOn?: true;
  begin(nodes: RealThreeNodes, node: string): Promise<void>;
  mend(nodes: RealThreeNodes, node: string): Promise<void>;
}

const noAnswer = { taint: 'node.kubernetes.io/unreachable', parksAt: 'join' } as const;
const noKubelet = 'found an unhealthy kubelet; Groundswell neither resets the host nor deletes its Node';

export const stoppedKubelet: Sickness = {
  ...noAnswer,
  is: 'its kubelet is stopped',
  says: noKubelet,
  begin: (nodes, node) => done(onHost(nodes, node, 'systemctl stop kubelet')),
  mend: (nodes, node) => done(onHost(nodes, node, 'systemctl start kubelet')),
};

/** The kubelet runs on, evicts what is not critical, and says so by the taint; the Node stays Ready. */
export const fullDisk: Sickness = {
  is: 'its disk is full',
  taint: 'node.kubernetes.io/disk-pressure',
  parksAt: 'ready',
  says: 'has the taint node.kubernetes.io/disk-pressure:NoSchedule',
  begin: (nodes, node) => nodes.fault(node, 'full-disk'),
  async mend(nodes, node) {
    // otherwise it goes on to say for five minutes that the disk is full
    await nodes.fault(node, 'heal');
    await onHost(nodes, node, 'systemctl restart kubelet');
  },
};

export const cutApi: Sickness = {
  ...noAnswer,
  is: 'port 6443 of the API is cut from it',
  says:
    'found a kubelet whose API server does not answer, or knows another machine under this name; ' +
    'Groundswell neither resets the host nor deletes its Node',
  kubeletRunsOn: true,
  begin: (nodes, node) => done(onHost(nodes, node, `ip rule add ${apiRule}`)),
  mend: (nodes, node) => done(onHost(nodes, node, `ip rule del ${apiRule}`)),
};
const apiRule =
  'priority 10 to "$(getent ahostsv4 api.three.internal | head -n 1 | cut -d " " -f 1)" ipproto tcp dport 6443 blackhole';

/** Signed by the cluster's own authority for the key that the kubelet has, and over at once. */
export const expiredCertificate: Sickness = {
  ...noAnswer,
  is: 'its client certificate has expired',
  says: noKubelet,
  async begin(nodes, node) {
    const request = await onHost(
      nodes,
      node,
      `openssl req -new -key ${certificate} -subj "/O=system:nodes/CN=system:node:$(hostname)"`,
    );
    const authority = '-CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key';
    const expired = await onHost(
      nodes,
      'k8s-master',
      `openssl x509 -req -days 0 -set_serial 4711 ${authority} <<END\n${request}\nEND`,
    );
    await onHost(
      nodes,
      node,
      `umask 077; kept=$(readlink ${certificate}); echo "$kept" > /root/kept
{ cat <<END
${expired}
END
openssl pkey -in ${certificate}; } > /var/lib/kubelet/pki/expired.pem
while openssl x509 -checkend 0 -noout -in /var/lib/kubelet/pki/expired.pem; do sleep 0.2; done
ln -sfn /var/lib/kubelet/pki/expired.pem ${certificate}; systemctl restart kubelet`,
    );
  },
  mend: (nodes, node) =>
    done(onHost(nodes, node, `ln -sfn "$(cat /root/kept)" ${certificate}; systemctl restart kubelet`)),
};
const certificate = '/var/lib/kubelet/pki/kubelet-client-current.pem';

/** Runs a script as root on the host of a node, and returns what it printed. */
export async function onHost(nodes: RealThreeNodes, node: string, script: string): Promise<string> {
  const encoded = Buffer.from(script).toString('base64');
  const outcome = await nodes.cli('ssh', node, `echo ${encoded} | base64 -d | sudo sh -e`);
  if (outcome.exitCode === 0) return outcome.stdout;
  throw new Error(`${node}: ${script}: exit code ${outcome.exitCode}: ${outcome.stderr}`);
}

/** Kubernetes takes 40 s and more to say that a Node is not Ready: here 16. */
export async function noticeSickNodesSoon(nodes: RealThreeNodes): Promise<void> {
  const manifest = '/etc/kubernetes/manifests/kube-controller-manager.yaml';
  const flag = '    - --node-monitor-grace-period=16s';
  await onHost(
    nodes,
    'k8s-master',
    `sed '/^    - kube-controller-manager$/a\\${flag}' ${manifest} > /etc/kubernetes/edited; mv /etc/kubernetes/edited ${manifest}`,
  );
}

/** `kubectl` as an administrator of the cluster, which has to be there. */
export async function kubectlOf(nodes: RealThreeNodes): Promise<(...args: readonly string[]) => Promise<string>> {
  const { kubectl, kubeconfig } = await nodes.kubectlAccess();
  return (...args) => stdoutOf(kubectl, ['--kubeconfig', kubeconfig, ...args]);
}

/** A pod on a node that keeps a file in an emptyDir. Kubernetes itself does not evict it: it tolerates all taints, and is critical. */
export function podWithFile(node: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `keeper-${node}`, namespace: 'default' },
    spec: {
      nodeName: node,
      tolerations: [{ operator: 'Exists' }],
      priorityClassName: 'system-node-critical',
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'keeper',
          image: 'groundswell.dev/stand-in:1',
          imagePullPolicy: 'IfNotPresent',
          env: [{ name: 'PORT', value: '8080' }],
          volumeMounts: [{ name: 'kept', mountPath: '/kept' }],
        },
      ],
      volumes: [{ name: 'kept', emptyDir: {} }],
    },
  };
}

/** What must not change on the host: the file, the pod's containers and their processes, no reset. */
export function lookAtPod(podUid: string): string {
  return `cat /var/lib/kubelet/pods/${podUid}/volumes/kubernetes.io~empty-dir/kept/file
for id in $(ctr -n k8s.io containers ls -q 'labels."io.kubernetes.pod.uid"=="${podUid}"' | sort); do
  ctr -n k8s.io tasks ls | grep "^$id " | tr -s ' '
done
[ ! -e /run/groundswell-reset ] || echo reset`;
}

/** The file, and two containers with their processes: the pod's own and the one that holds its namespaces. */
export const podIsWhole = /^kept\n(?:[0-9a-f]{64} \d+ RUNNING\n){2}$/;

/** When the kubelet that runs was started; empty while none does. */
export const kubeletStart = 'systemctl show -p MainPID,ExecMainStartTimestamp kubelet';

async function done(promise: Promise<unknown>): Promise<void> {
  await promise;
}
