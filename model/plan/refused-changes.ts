import type { ClusterFacts } from '../facts/facts.js';
import type { ClusterSpec } from '../spec/spec.js';

/** Fields of a spec that a cluster keeps as it was made, and why. */
const fixed = {
  'kubernetes.version':
    'Groundswell has no upgrade yet, and new packages alone would make kubelets newer than their API server',
  controlPlaneEndpoint: 'its certificates and every host know it by this name',
  'network.podCidr': 'every node has its part of it',
  'network.serviceCidr': 'Services have their addresses in it',
  'network.vpcCidr': 'EC2 does not change the range of a VPC',
} as const;

/** One sentence for each field that the spec gives another value than the cluster was made with. */
export function refusedChanges(spec: ClusterSpec, { network, kubernetes }: ClusterFacts): readonly string[] {
  const made = kubernetes?.madeWith ?? {};
  const { podCidr, serviceCidr, vpcCidr } = spec.network;
  const fields: readonly (readonly [keyof typeof fixed, string | undefined, string])[] = [
    ['kubernetes.version', made.version, spec.kubernetes.version],
    ['controlPlaneEndpoint', made.endpoint, spec.controlPlaneEndpoint],
    ['network.podCidr', made.podCidr, podCidr],
    ['network.serviceCidr', made.serviceCidr, serviceCidr],
    ['network.vpcCidr', network.vpcCidr, vpcCidr],
  ];
  return fields.flatMap(([field, found, wanted]) =>
    found === undefined || found === wanted
      ? []
      : [`${field}: the cluster has ${found}, the spec says ${wanted}: ${fixed[field]}`],
  );
}
