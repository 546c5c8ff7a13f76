import { parseArgs } from 'node:util';
import { readDeployments, readNodes, readUnits, type ClusterAccess } from './cluster.js';
import { judgeDeployments, type Judgement } from './judge.js';
import { effectsPerNode, readLedger } from './ledger.js';
import { closingTable } from './table.js';

/**
 * The independent look at a finished roll-out: what the cluster says (`kubectl`, or an URL with the same JSON) and what
 * the ledger says, side by side. Exit code 1 when they do not fit together.
 */
const { values } = parseArgs({
  options: {
    ledger: { type: 'string', default: '' },
    kubectl: { type: 'string', default: 'kubectl' },
    kubeconfig: { type: 'string', default: '' },
    url: { type: 'string' },
  },
});
const access: ClusterAccess =
  values.url === undefined ? { kubectl: values.kubectl, kubeconfig: values.kubeconfig } : { url: values.url };
const [nodes, deployments, units, ledger] = await Promise.all([
  readNodes(access),
  readDeployments(access),
  readUnits(access),
  readLedger(values.ledger),
]);
const started = [...effectsPerNode(ledger, 'RunInstances').keys()];
const missing = started.filter((name) => !nodes.some((node) => node.ready && node.name === name));
const ready = started.length - missing.length;
const judgements: readonly Judgement[] = [
  {
    good: started.length > 0 && missing.length === 0,
    sentence: `all ${started.length} nodes of the ledger Ready; found ${ready}, without ${missing.join(', ') || 'any'}`,
  },
  ...judgeDeployments(deployments),
];
const bad = judgements.filter(({ good }) => !good);
const owned = deployments.filter(({ unit }) => unit !== undefined);

console.log(closingTable(nodes, { deployments, units }, ledger));
console.log('');
console.log(
  `${ready}/${started.length} nodes, ${owned.filter((one) => one.ready === one.wanted).length}/${owned.length} Deployments ready, ` +
    `${ledger.length} effects in the ledger`,
);
for (const { sentence } of bad) console.log(`NOT AS IT SHOULD BE: expected ${sentence}`);
process.exit(bad.length === 0 ? 0 : 1);
