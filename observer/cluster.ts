import { isRecord } from './history.js';
import { jsonOf } from './run.js';

/** Where the JSON of `kubectl get` comes from: the real program, or an URL that gives the same. */
export type ClusterAccess = { readonly kubectl: string; readonly kubeconfig: string } | { readonly url: string };

/** A node as `kubectl get nodes -o json` has it. */
export interface SeenNode {
  readonly name: string;
  readonly ready: boolean;
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `key:effect` or `key=value:effect`, sorted. */
  readonly taints: readonly string[];
  readonly address: string;
}

/** A Deployment as `kubectl get deployments -o json` has it. */
export interface SeenDeployment {
  readonly name: string;
  readonly namespace: string;
  readonly unit: string | undefined;
  readonly wanted: number;
  readonly ready: number;
}

/** A unit as the cluster's record has it. */
export interface SeenUnit {
  readonly unit: string;
  /** `v1/ConfigMap/<namespace>/<name>`, as the ledger names them. */
  readonly objects: readonly string[];
}

export async function readNodes(access: ClusterAccess): Promise<readonly SeenNode[]> {
  return (await items(access, ['get', 'nodes'])).map((item) => {
    const taints = list(at(item, 'spec', 'taints')).map((taint) => {
      const value = at(taint, 'value');
      return `${text(at(taint, 'key'))}${value === undefined ? '' : `=${text(value)}`}:${text(at(taint, 'effect'))}`;
    });
    const ready = list(at(item, 'status', 'conditions')).find((condition) => at(condition, 'type') === 'Ready');
    const address = list(at(item, 'status', 'addresses')).find((one) => at(one, 'type') === 'InternalIP');
    return {
      name: text(at(item, 'metadata', 'name')),
      ready: at(ready, 'status') === 'True',
      version: text(at(item, 'status', 'nodeInfo', 'kubeletVersion')),
      labels: texts(at(item, 'metadata', 'labels')),
      taints: taints.sort(),
      address: text(at(address, 'address')),
    };
  });
}

export async function readDeployments(access: ClusterAccess): Promise<readonly SeenDeployment[]> {
  return (await items(access, ['get', 'deployments', '--all-namespaces'])).map((item) => ({
    name: text(at(item, 'metadata', 'name')),
    namespace: text(at(item, 'metadata', 'namespace')),
    unit: texts(at(item, 'metadata', 'labels'))['groundswell.dev/unit'],
    wanted: Number(at(item, 'spec', 'replicas') ?? 1),
    ready: Number(at(item, 'status', 'readyReplicas') ?? 0),
  }));
}

/** What the cluster's own record says of every unit: the ConfigMap that lists its objects. */
export async function readUnits(access: ClusterAccess): Promise<readonly SeenUnit[]> {
  const maps = await items(access, ['get', 'configmaps', '--all-namespaces']);
  return maps.flatMap((item) => {
    const unit = texts(at(item, 'metadata', 'labels'))['groundswell.dev/unit'];
    const listed = at(item, 'data', 'objects');
    if (unit === undefined || typeof listed !== 'string') return [];
    const objects = list(JSON.parse(listed)).map((object) =>
      [at(object, 'apiVersion'), at(object, 'kind'), at(object, 'namespace') ?? '', at(object, 'name')]
        .map(text)
        .join('/'),
    );
    return [{ unit, objects }];
  });
}

async function items(access: ClusterAccess, args: readonly string[]): Promise<readonly unknown[]> {
  if ('kubectl' in access) {
    return list(at(await jsonOf(access.kubectl, ['--kubeconfig', access.kubeconfig, ...args, '-o', 'json']), 'items'));
  }
  const response = await fetch(`${access.url}/${args[1] ?? ''}`);
  return list(at(await response.json(), 'items'));
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const part of path) current = isRecord(current) ? current[part] : undefined;
  return current;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, text(item)]));
}
