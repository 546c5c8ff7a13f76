export { rollOutCluster } from './roll-out-cluster.js';
export { tearDownCluster } from './tear-down-cluster.js';
export { applyPlan } from './apply-plan.js';
export { rollOutNode } from './roll-out-node.js';
export { rollOutWave } from './roll-out-wave.js';
export { planCluster } from './plan-cluster.js';
export { checkDrift } from './check-drift.js';
export { readArtifact } from './read-artifact.js';
