const namespace = 'kube-flannel';

/** The objects of the pod network in a cluster, and the way to find them there. */
export const podNetwork = {
  /** As people call it. */
  title: 'flannel',
  namespace,
  daemonSet: { apiVersion: 'apps/v1', kind: 'DaemonSet', namespace, name: 'kube-flannel-ds' },
  /** Of its pods, one on each node. */
  podLabel: { app: 'flannel' },
} as const;

/** All of its pods. */
export const podNetworkPods = {
  apiVersion: 'v1',
  kind: 'Pod',
  namespace: podNetwork.namespace,
  labelSelector: Object.entries(podNetwork.podLabel)
    .map(([key, value]) => `${key}=${value}`)
    .join(','),
} as const;

/** Namespaces of what every cluster has: Kubernetes' own workloads, and the pod network. */
export const systemNamespaces: readonly string[] = ['kube-system', podNetwork.namespace];
