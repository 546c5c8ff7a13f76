import { readDeployments, readNodes } from '../../observer/cluster.js';

/**
 * What a cluster consists of, by its own API, one line for each node and Deployment. Names, versions, labels, taints and
 * readiness only: two bring-ups of one spec give equal lines. Labels of Kubernetes itself and of Groundswell are left out.
 */
export async function whatIsThere(access: {
  readonly kubectl: string;
  readonly kubeconfig: string;
}): Promise<readonly string[]> {
  const [nodes, deployments] = await Promise.all([readNodes(access), readDeployments(access)]);
  return [
    ...nodes.map(({ name, ready, version, labels, taints }) => {
      const own = Object.entries(labels)
        .filter(([key]) => !/(kubernetes\.io|k8s\.io|groundswell\.dev)\//.test(key))
        .map(([key, value]) => `${key}=${value}`);
      return `node ${name} ${version} ${ready ? 'Ready' : 'not Ready'} [${own.sort().join(' ')}] [${taints.join(' ')}]`;
    }),
    ...deployments.map(
      ({ namespace, name, ready, wanted }) => `Deployment ${namespace}/${name}: ${ready} of ${wanted} ready`,
    ),
  ].sort();
}
