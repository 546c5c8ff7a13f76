import { parseDocument } from 'yaml';
import { z } from 'zod';
import { RolloutError } from '../../model/rollout-error.js';

const Nodes = z.looseObject({ nodes: z.array(z.looseObject({ name: z.string(), role: z.string().optional() })) });

/** A node's pods get a range of 256 addresses: what kubeadm gives each node by default. */
const rangeBitsOfANode = 8;

/**
 * Makes a spec like the given one, with this many nodes. Repeats its workers as `k8s-redis-2`, `k8s-redis-3`, …, with
 * group, labels and taints of the first. So each unit asks for all nodes of its kind. Units stay as they are. The range
 * of pods grows when that many nodes do not fit. Fails with `InputInvalid` for fewer nodes than the spec has.
 */
export function largeSpec(text: string, nodes: number): string {
  const document = parseDocument(text);
  const own = Nodes.parse(document.toJS()).nodes;
  if (!Number.isInteger(nodes) || nodes < own.length) {
    throw new RolloutError('InputInvalid', `--nodes ${nodes}: expected a number of nodes from ${own.length} on`);
  }
  const workers = own.filter(({ role }) => role !== 'control-plane');
  const more = Array.from({ length: nodes - own.length }, (_, index) => {
    const worker = workers[index % workers.length];
    return {
      ...structuredClone(worker),
      name: `${worker?.name ?? 'worker'}-${2 + Math.floor(index / workers.length)}`,
    };
  });
  document.setIn(['nodes'], [...own, ...more]);
  const podBits = Math.ceil(Math.log2(nodes)) + rangeBitsOfANode;
  if (podBits > 16) document.setIn(['network', 'podCidr'], `10.128.0.0/${32 - podBits}`);
  return document.toString({ lineWidth: 0 });
}
