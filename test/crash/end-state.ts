import type { Effect, World } from '../../rehearsal/simulated/world.js';
import { withStatus } from '../../rehearsal/simulated/kubernetes/object-status.js';

/** What two roll-outs of one spec must agree in: all that exists, without what differs from one day to the next. */
export interface EndState {
  readonly network: readonly string[];
  readonly instances: readonly string[];
  readonly files: readonly string[];
  readonly objects: readonly string[];
  readonly leftovers: readonly string[];
}

/** Fields of objects that say when and how often something was written, not what. */
const passing = new Set(['uid', 'resourceVersion', 'generation', 'observedGeneration', 'creationTimestamp']);

/** The state of a simulated outside at the end of a roll-out, in sorted lines. */
export function endStateOf(world: World): EndState {
  const { parts, keyPair, locks, instances, files, objects, tokens, units } = world.things;
  // ids and addresses come in the order of the launches
  const names = instances.flatMap(({ id, node, privateAddress = id }) => [
    [id, `instance of ${node}`] as const,
    [`"${privateAddress}"`, `"address of ${node}"`] as const,
  ]);
  const uids = new Map([...objects].map(([key, { metadata }]) => [metadata.uid ?? '', key]));
  const named = (text: string): string => {
    let result = text;
    for (const [here, everywhere] of names) result = result.replaceAll(here, everywhere);
    // each run has a folder of its own
    result = result.replaceAll(/groundswell-crash-\w+/g, 'its folder');
    result = result.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'some time');
    return result.replaceAll(/uid-\d+/g, (uid) => `uid of ${uids.get(uid) ?? 'nothing that exists'}`);
  };
  return {
    network: [
      ...parts.map(({ kind, cluster, zone = '', cidr = '', complete }) =>
        [kind, cluster, zone, cidr, complete ? '' : 'half made'].join(' '),
      ),
      `key pair ${keyPair?.name ?? 'none'}`,
    ].sort(),
    instances: instances
      .map(({ node, generation, zone, type, state }) => [node, generation, zone, type, state].join(' '))
      .sort(),
    files: [...files]
      .flatMap(([id, content]) => [...content].map(([path, text]) => named(`${id}: ${path} = ${text}`)))
      .sort(),
    objects: [...objects.values()].map((object) => named(withoutPassing(withStatus(world, object)))).sort(),
    leftovers: [
      ...[...locks.keys()].map((cluster) => `nobody left ${cluster} to others`),
      ...[...tokens].map(([, node]) => `a join token of ${node} was not revoked`),
      ...[...units.keys()].map((name) => named(`unit ${name} still runs`)),
    ],
  };
}

/** How often each effect happened, a removal taken off its creation: `CreateVpc three` → 1. */
export function netEffects(ledger: readonly Effect[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { effect, key, node } of ledger) {
    const removal = effect.startsWith('Delete');
    const creation = effect === 'DeleteKeyPair' ? 'ImportKeyPair' : effect.replace(/^Delete/, 'Create');
    const name = `${creation} ${node ?? key}`;
    counts.set(name, (counts.get(name) ?? 0) + (removal ? -1 : 1));
  }
  return counts;
}

/** Lines in which two end states or ledgers differ, `+` what is too much and `-` what is missing. */
export function differences(expected: readonly string[], found: readonly string[]): readonly string[] {
  const left = [...expected];
  const extra: string[] = [];
  for (const line of found) {
    const at = left.indexOf(line);
    if (at === -1) extra.push(`+ ${line}`);
    else left.splice(at, 1);
  }
  return [...left.map((line) => `- ${line}`), ...extra];
}

function withoutPassing(object: unknown): string {
  return JSON.stringify(object, (key, value: unknown) => {
    if (passing.has(key) && typeof value !== 'object') return key === 'uid' ? value : undefined;
    return value;
  });
}
