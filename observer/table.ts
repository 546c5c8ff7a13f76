import stringWidth from 'string-width';
import type { SeenDeployment, SeenNode, SeenUnit } from './cluster.js';
import { certificateRequests, effectsPerNode, effectsPerObject, registrations, type LedgerLine } from './ledger.js';

/**
 * The closing tables of a rehearsal, none wider than 85 columns for the default spec. They show the nodes of `kubectl`
 * beside their effects in the ledger, their labels and taints, then the units.
 */
export function closingTable(
  nodes: readonly SeenNode[],
  { deployments, units }: { readonly deployments: readonly SeenDeployment[]; readonly units: readonly SeenUnit[] },
  ledger: readonly LedgerLine[],
): string {
  return [
    ...aligned([nodeHead, ...nodeRows(nodes, ledger)]),
    ...legend,
    '',
    ...aligned([labelHead, ...nodes.map(labelRow)]),
    '',
    ...aligned([unitHead, ...deploymentRows(deployments, ledger), ...otherUnitRows(units, deployments, ledger)]),
  ].join('\n');
}

const nodeHead = ['NODE', 'KUBECTL', 'VERSION', 'ADDRESS', 'RUN', 'KUBEADM', 'REG', 'CSR'];
const labelHead = ['NODE', 'TIER', 'PHASE', 'WORKLOAD', 'DOMAIN', 'TAINT'];
const unitHead = ['UNIT', 'OBJECTS', 'READY', 'CHANGES'];
const legend = [
  'how often, by the ledger: RUN RunInstances, KUBEADM init or join, REG registrations,',
  'CSR certificate requests; below, CHANGES applies',
];

function nodeRows(nodes: readonly SeenNode[], ledger: readonly LedgerLine[]): readonly (readonly string[])[] {
  const instances = effectsPerNode(ledger, 'RunInstances');
  const inits = effectsPerNode(ledger, 'kubeadm init');
  const joins = effectsPerNode(ledger, 'kubeadm join');
  const [registered, asked] = [registrations(ledger), certificateRequests(ledger)];
  return nodes.map(({ name, ready, version, address }) => [
    name,
    ready ? 'Ready' : 'NotReady',
    version,
    address,
    String(instances.get(name) ?? 0),
    inits.has(name) ? `init ${inits.get(name) ?? 0}` : `join ${joins.get(name) ?? 0}`,
    String(registered.get(name) ?? 0),
    inits.has(name) ? '–' : String(asked.get(name) ?? 0),
  ]);
}

/** Of a taint the last word of its key: `control-plane`. */
function labelRow({ name, labels, taints }: SeenNode): readonly string[] {
  return [
    name,
    ...['tier', 'phase', 'workload', 'domain'].map((key) => labels[key] ?? '–'),
    taints.map((taint) => taint.replace(/:.*/, '').replace(/^.*\//, '')).join(' ') || '–',
  ];
}

function deploymentRows(
  deployments: readonly SeenDeployment[],
  ledger: readonly LedgerLine[],
): readonly (readonly string[])[] {
  const changes = effectsPerObject(ledger, 'apps/v1/Deployment');
  return deployments
    .filter(({ unit }) => unit !== undefined)
    .map(({ unit, namespace, name, ready, wanted }) => [
      unit ?? '',
      `Deployment ${namespace}/${name}`,
      `${ready}/${wanted}`,
      String(changes.get(`apps/v1/Deployment/${namespace}/${name}`) ?? 0),
    ]);
}

/** Units without a Deployment: nothing of them gets ready, but it is there, or not. */
function otherUnitRows(
  units: readonly SeenUnit[],
  deployments: readonly SeenDeployment[],
  ledger: readonly LedgerLine[],
): readonly (readonly string[])[] {
  return units
    .filter(({ unit }) => !deployments.some((deployment) => deployment.unit === unit))
    .map(({ unit, objects }) => {
      const kinds = Map.groupBy(objects, (key) => key.split('/').at(-3) ?? '');
      const counts = [...kinds].map(([kind, keys]) => `${keys.length} ${kind}`).join(', ');
      const changes = ledger.filter(({ system, key }) => system === 'kubernetes' && objects.includes(key)).length;
      return [unit, counts || 'none', '–', String(changes)];
    });
}

/** Columns as wide as their widest cell, two blanks between. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => `${cell}${' '.repeat((widths[column] ?? 0) - stringWidth(cell))}`)
      .join('  ')
      .trimEnd(),
  );
}
