import stringWidth from 'string-width';
import type { SeenDeployment, SeenNode } from './cluster.js';
import { certificateRequests, effectsPerNode, effectsPerObject, registrations, type LedgerLine } from './ledger.js';

/** The closing table of a rehearsal: nodes as `kubectl` has them beside their effects in the ledger, then the waves. */
export function closingTable(
  nodes: readonly SeenNode[],
  deployments: readonly SeenDeployment[],
  ledger: readonly LedgerLine[],
): string {
  const instances = effectsPerNode(ledger, 'RunInstances');
  const inits = effectsPerNode(ledger, 'kubeadm init');
  const joins = effectsPerNode(ledger, 'kubeadm join');
  const [registered, asked] = [registrations(ledger), certificateRequests(ledger)];
  const changes = effectsPerObject(ledger, 'apps/v1/Deployment');
  const rows = nodes.map(({ name, ready, version, address, labels, taints }) => [
    name,
    ready ? 'Ready' : 'NotReady',
    version,
    address,
    String(instances.get(name) ?? 0),
    inits.has(name) ? `init ${inits.get(name) ?? 0}` : `join ${joins.get(name) ?? 0}`,
    String(registered.get(name) ?? 0),
    inits.has(name) ? '–' : String(asked.get(name) ?? 0),
    [labels['tier'], labels['phase'], labels['workload'], labels['domain']].map((value) => value ?? '–').join(' '),
    taints.map((taint) => taint.replace(/:.*/, '')).join(' ') || '–',
  ]);
  const head = [
    'NODE',
    'KUBECTL',
    'VERSION',
    'ADDRESS',
    'RUN',
    'KUBEADM',
    'REG',
    'CSR',
    'TIER PHASE WORKLOAD DOMAIN',
    'TAINT',
  ];
  const units = deployments.filter(({ unit }) => unit !== undefined);
  const unitRows = units.map(({ unit, namespace, name, ready, wanted }) => [
    unit ?? '',
    `${namespace}/${name}`,
    `${ready}/${wanted}`,
    String(changes.get(`apps/v1/Deployment/${namespace}/${name}`) ?? 0),
  ]);
  const unitHead = ['UNIT', 'DEPLOYMENT', 'READY', 'CHANGES'];
  return [...aligned([head, ...rows]), legend, '', ...aligned([unitHead, ...unitRows])].join('\n');
}

const legend =
  'how often, by the ledger: RUN RunInstances, KUBEADM init or join, REG registrations, CSR certificate requests; CHANGES applies';

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
