import { z } from 'zod';
import { stdoutOf } from '../../../observer/run.js';

const Nodes = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), uid: z.string() }),
      status: z.object({ nodeInfo: z.object({ bootID: z.string(), machineID: z.string() }) }),
    }),
  ),
});
const Pods = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string(), uid: z.string() }),
      spec: z.object({ nodeName: z.string().optional() }),
      status: z.object({ containerStatuses: z.array(z.object({ containerID: z.string().optional() })).optional() }),
    }),
  ),
});

/**
 * By node: what would be another one if its host, its kubelet or its containers had been touched. The uid of its Node, the ids of its
 * machine and boot, and the containers of the pods that its kubelet runs by itself or for a DaemonSet, as kubectl says.
 */
export async function readWitnesses(access: {
  readonly kubectl: string;
  readonly kubeconfig: string;
}): Promise<ReadonlyMap<string, readonly string[]>> {
  const get = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse(await stdoutOf(access.kubectl, ['--kubeconfig', access.kubeconfig, 'get', ...args, '-o', 'json']));
  const nodes = Nodes.parse(await get('nodes')).items;
  const pods = Pods.parse(await get('pods', '-A')).items.filter(({ metadata }) => metadata.namespace === 'kube-system');
  const kept = pods.filter(({ metadata }) => /^(?:kube-proxy|etcd|kube-apiserver)-/.test(metadata.name));
  return new Map(
    nodes.map(({ metadata, status }) => {
      const own = kept.filter(({ spec }) => spec.nodeName === metadata.name);
      const containers = own.flatMap((pod) => (pod.status.containerStatuses ?? []).map((one) => one.containerID ?? ''));
      const { bootID, machineID } = status.nodeInfo;
      return [metadata.name, [metadata.uid, machineID, bootID, ...containers.toSorted()]];
    }),
  );
}
