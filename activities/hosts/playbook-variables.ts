import type { InstanceFact } from '../../model/facts/facts.js';
import { initDocuments, joinDocument, type KubeadmHost } from '../../model/host/kubeadm-config.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { ClusterSpec, NodeSpec } from '../../model/spec/spec.js';

type Variables = Readonly<Record<string, unknown>>;

/** One node on its instance. */
export interface NodeOnInstance {
  readonly spec: ClusterSpec;
  readonly node: NodeSpec;
  readonly instance: InstanceFact;
}

/** Inputs of `prepare.yml`: what a host is prepared with. No address is among them, so that they can be known in advance. */
export function prepareVariables(spec: ClusterSpec, node: NodeSpec): Variables {
  const { version, packages } = spec.kubernetes;
  return {
    kube_packages_version: version,
    kube_packages_repository: packages.repository,
    kube_packages_keyring: packages.keyring ?? '',
    containerd_kubernetes_version: version,
    containerd_restrict_oom_score_adj: spec.containerd.restrictOomScoreAdj,
    image_preload_control_plane: node.role === 'control-plane',
  };
}

/** Inputs of `init.yml`. */
export function initVariables({ spec, node, instance }: NodeOnInstance): Variables {
  return {
    control_plane_init_generation: instance.generation,
    control_plane_init_endpoint: spec.controlPlaneEndpoint,
    control_plane_init_address: privateAddress(instance),
    control_plane_init_documents: initDocuments(spec, node, kubeadmHost(instance)),
  };
}

/** Inputs of `cni.yml`. */
export function networkVariables({ kubernetes, network }: ClusterSpec): Variables {
  const { cniManifest, cniManifestSha256 = '' } = kubernetes;
  return { cni_manifest: cniManifest, cni_manifest_sha256: cniManifestSha256, cni_pod_cidr: network.podCidr };
}

/** Inputs of `join.yml`, the token left out. `reset` allows it to clean up after a join that was cut off. */
export function joinVariables(
  input: NodeOnInstance & { readonly controlPlane: InstanceFact; readonly caCertHash: string; readonly reset: boolean },
): Variables {
  const { spec, node, instance, caCertHash } = input;
  return {
    node_join_generation: instance.generation,
    node_join_endpoint: spec.controlPlaneEndpoint,
    node_join_address: privateAddress(input.controlPlane),
    node_join_document: joinDocument({ spec, node, host: kubeadmHost(instance), caCertHash }),
    node_join_reset: input.reset,
  };
}

function kubeadmHost(instance: InstanceFact): KubeadmHost {
  return {
    address: privateAddress(instance),
    otherAddresses: instance.publicAddress === undefined ? [] : [instance.publicAddress],
    providerId: `aws:///${instance.zone}/${instance.id}`,
  };
}

function privateAddress(instance: InstanceFact): string {
  if (instance.privateAddress !== undefined) return instance.privateAddress;
  throw new RolloutError('InstanceGone', `node ${instance.node}: instance ${instance.id} has no private address`);
}
