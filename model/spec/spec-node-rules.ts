import { oneOf } from './nearest-word.js';
import { repeatedNames } from './repeated-names.js';
import { groupOf } from './resolve-spec.js';
import type { NodeGroup, Taint } from './spec.js';
import type { Placed, SpecDraft, SpecRule } from './spec-draft.js';
import type { SpecViolation } from './spec-problem.js';

/** Rules about nodes and node groups. */
export const nodeRules: readonly SpecRule[] = [
  nodeNamesAreUnique,
  groupsExist,
  oneControlPlane,
  nodesHaveInstanceTypes,
  nodeZonesHaveSubnets,
  labelsAreOurs,
  phaseIsSaidOnce,
  taintsStandOnce,
];

function nodeNamesAreUnique({ nodes }: SpecDraft): readonly SpecViolation[] {
  return repeatedNames(nodes);
}

function groupsExist({ nodes, groupNames }: SpecDraft): readonly SpecViolation[] {
  return nodes.flatMap(({ path, value: { group } }) => {
    if (group === undefined || groupNames.includes(group)) return [];
    const expected = groupNames.length === 0 ? 'no group, as nodeGroups has none' : oneOf(groupNames, group);
    return [{ path: [...path, 'group'], found: `the unknown group ${JSON.stringify(group)}`, expected }];
  });
}

function oneControlPlane({ nodes, allNodesValid }: SpecDraft): readonly SpecViolation[] {
  const controlPlanes = nodes.filter(({ value }) => value.role === 'control-plane');
  if (controlPlanes.length === 0 && allNodesValid) {
    return [{ path: ['nodes'], found: 'no control plane', expected: 'exactly one node with role: control-plane' }];
  }
  const [first, ...others] = controlPlanes;
  return others.map(({ path }) => ({
    path: [...path, 'role'],
    found: 'a second control plane',
    expected: `exactly one, which is ${first?.value.name ?? 'another node'}; a later version will allow several`,
  }));
}

function nodesHaveInstanceTypes({ nodes, groups, groupNames }: SpecDraft): readonly SpecViolation[] {
  const validGroups = groupsByName(groups);
  return nodes.flatMap(({ path, value: node }) => {
    if (node.instanceTypes !== undefined) return [];
    const group = groupOf(node, validGroups);
    // A group that is unknown or invalid has a problem of its own already.
    if (node.group !== undefined && (group === undefined || !groupNames.includes(node.group))) return [];
    if (group?.instanceTypes !== undefined) return [];
    const expected = 'a list of instance types, of the node or of its group';
    return [{ path: [...path, 'instanceTypes'], found: `none for ${node.name}`, expected }];
  });
}

function nodeZonesHaveSubnets({ nodes, groups, network }: SpecDraft): readonly SpecViolation[] {
  if (network === undefined) return [];
  const zones = [...new Set(network.subnets.map((subnet) => subnet.zone))];
  return [...nodes, ...groups].flatMap(({ path, value }) =>
    (value.zones ?? []).flatMap((zone, index) => {
      if (zones.includes(zone)) return [];
      const expected = `a zone that has a subnet: ${zones.join(', ')}`;
      return [{ path: [...path, 'zones', index], found: zone, expected }];
    }),
  );
}

/**
 * Labels under kubernetes.io and k8s.io belong to Kubernetes. We set labels by the API, so nothing would stop us from
 * overwriting the labels of the kubelet. Source: https://kubernetes.io/docs/reference/labels-annotations-taints/ The
 * prefix node-restriction.kubernetes.io is made for users.
 */
function labelsAreOurs({ nodes, groups }: SpecDraft): readonly SpecViolation[] {
  return [...nodes, ...groups].flatMap(({ path, value }) =>
    Object.keys(value.labels ?? {}).flatMap((key) => {
      const owner = ownerOf(key);
      if (owner === undefined) return [];
      const expected = `a label of your own; ${owner} sets this one`;
      return [{ path: [...path, 'labels', key], found: `the reserved label ${key}`, expected, at: 'key' as const }];
    }),
  );
}

function ownerOf(labelKey: string): 'Kubernetes' | 'Groundswell' | undefined {
  const prefix = labelKey.includes('/') ? (labelKey.split('/')[0] ?? '') : '';
  if (prefix === 'node-restriction.kubernetes.io') return undefined;
  if (/(^|\.)(kubernetes|k8s)\.io$/.test(prefix)) return 'Kubernetes';
  return /(^|\.)groundswell\.dev$/.test(prefix) ? 'Groundswell' : undefined;
}

function phaseIsSaidOnce({ nodes }: SpecDraft): readonly SpecViolation[] {
  return nodes.flatMap(({ path, value: node }) => {
    const label = node.labels?.['phase'];
    if (node.phase === undefined || label === undefined) return [];
    const expected = `either phase: ${node.phase} or the label, not both`;
    return [{ path: [...path, 'labels', 'phase'], found: `the label phase, ${label}`, expected, at: 'key' as const }];
  });
}

/** A Node with one key and effect twice is refused by the API server. */
function taintsStandOnce({ nodes, groups }: SpecDraft): readonly SpecViolation[] {
  const validGroups = groupsByName(groups);
  return [
    ...nodes.flatMap((node) => repeatedTaints(node, inheritedTaints(node.value, groupOf(node.value, validGroups)))),
    ...groups.flatMap((group) => repeatedTaints(group, [])),
  ];
}

function repeatedTaints({ path, value }: Placed<NodeGroup>, inherited: readonly Taint[]): readonly SpecViolation[] {
  const own = taintLists.flatMap((list) =>
    (value[list] ?? []).map((taint, index) => ({ path: [...path, list, index], name: placeOf(taint) })),
  );
  const names = [...inherited.map(placeOf), ...own.map(({ name }) => name)];
  return own.flatMap(({ path, name }, index) =>
    names.indexOf(name) === inherited.length + index
      ? []
      : [{ path, found: `${name} again`, expected: 'each key and effect once' }],
  );
}

/** What a node takes over from its group: a list that it has itself it does not. */
function inheritedTaints(node: NodeGroup, group: NodeGroup | undefined): readonly Taint[] {
  return taintLists.flatMap((list) => (node[list] === undefined ? (group?.[list] ?? []) : []));
}

const taintLists = ['taints', 'startupTaints'] as const;

function placeOf({ key, effect }: Taint): string {
  return `${key}:${effect}`;
}

function groupsByName(groups: readonly Placed<NodeGroup>[]): Readonly<Record<string, NodeGroup>> {
  return Object.fromEntries(groups.map(({ path, value }) => [String(path.at(-1)), value]));
}
