import { canonicalJson } from '../../model/canonical-json.js';
import type { ClusterSpec, NodeSpec } from '../../model/spec/spec.js';
import { prepareVariables } from './playbook-variables.js';

/**
 * Identifies what a host is prepared with: roles and inputs. The host keeps it in `/etc/groundswell/prepared`, and its
 * Node in the annotation `groundswell.dev/prepared`. With the same digest, there is nothing to prepare.
 */
export function preparedDigest(input: {
  readonly spec: ClusterSpec;
  readonly node: NodeSpec;
  /** `Ansible.contentDigest()`. */
  readonly content: string;
  /** Hexadecimal SHA-256 of a text. */
  readonly digest: (text: string) => string;
}): string {
  return input.digest(canonicalJson({ content: input.content, inputs: prepareVariables(input.spec, input.node) }));
}
