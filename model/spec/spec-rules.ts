import { addressRules } from './spec-address-rules.js';
import { clusterRules } from './spec-cluster-rules.js';
import type { SpecDraft, SpecRule } from './spec-draft.js';
import { machineRules } from './spec-machine-rules.js';
import { nodeRules } from './spec-node-rules.js';
import type { SpecViolation } from './spec-problem.js';

const rules: readonly SpecRule[] = [...addressRules, ...nodeRules, ...machineRules, ...clusterRules];

/** Everything that breaks a rule across fields. Parts that the schema refuses are left out of account. */
export function ruleViolations(draft: SpecDraft): readonly SpecViolation[] {
  return rules.flatMap((rule) => rule(draft));
}
