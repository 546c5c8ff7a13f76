import { padEndCells } from '../model/show/cells.js';
import { oneOf } from '../model/spec/nearest-word.js';
import { RolloutError } from '../model/rollout-error.js';
import type { Hosts, HostState } from './hosts/hosts.js';

/** The faults of a host, with their meaning. `heal` ends the four lasting ones. */
export const faultWords = {
  kill: 'all its processes end at once; its peers see closed connections',
  'power-off': 'it loses power; its peers hear nothing',
  'power-on': 'boots a switched-off host from its disk',
  reboot: 'an orderly restart',
  cut: 'its network link is down: it neither answers nor refuses',
  hang: 'all its processes freeze, while its kernel still accepts connections',
  'full-disk': 'its disk has no free byte left (images are on another disk)',
  slow: 'it gets a tenth of one processor and 20 Mbit/s',
  heal: 'ends cut, hang, full-disk and slow',
} as const;
export type FaultWord = keyof typeof faultWords;

/** One line a word, for people. */
export function faultUsage(): string {
  const lines = Object.entries(faultWords).map(([word, meaning]) => `  ${padEndCells(word, 10)} ${meaning}`);
  return `npm run fault -- <node> <fault>\n${lines.join('\n')}`;
}

/**
 * Does to a node's host what the word says, and returns a line about it. Doing it twice changes nothing.
 * Fails with `InputInvalid` for another word or node, and for a host whose power is in the wrong state.
 */
export async function breakHost(hosts: Hosts, node: string, word: string): Promise<string> {
  if (!isFaultWord(word)) throw invalid(`fault "${word}": expected ${oneOf(Object.keys(faultWords), word)}`);
  const host = await hostOfNode(hosts, node);
  if (word === 'power-on') {
    if (host.running) return `${node}: runs already`;
    await hosts.powerOn(host.id);
    return `${node}: power-on done`;
  }
  if (!host.running) {
    if (word === 'kill' || word === 'power-off') return `${node}: is off already`;
    throw invalid(`${node}: is off, so ${word} is not possible; npm run fault -- ${node} power-on boots it`);
  }
  return breakRunning(hosts, host, word);
}

async function breakRunning(hosts: Hosts, { id, name }: HostState, word: RunningWord): Promise<string> {
  switch (word) {
    case 'kill':
      await hosts.kill(id);
      return `${name}: kill done; npm run fault -- ${name} power-on boots it`;
    case 'power-off':
      await hosts.powerOff(id);
      return `${name}: power-off done; npm run fault -- ${name} power-on boots it`;
    case 'reboot':
      await hosts.reboot(id);
      return `${name}: reboot done`;
    case 'heal': {
      const ended = await hosts.heal(id);
      return ended.length === 0 ? `${name}: had nothing to heal` : `${name}: healed of ${ended.join(', ')}`;
    }
    default:
      return (await hosts.fault(id, word))
        ? `${name}: ${word}: ${faultWords[word]}; npm run fault -- ${name} heal ends it`
        : `${name}: ${word} already`;
  }
}

type RunningWord = Exclude<FaultWord, 'power-on'>;

/** The running host of a node where it has several, which happens while an instance is replaced. */
async function hostOfNode(hosts: Hosts, node: string): Promise<HostState> {
  const all = await hosts.list();
  const own = all.filter(({ name }) => name === node);
  const host = own.find(({ running }) => running) ?? own[0];
  if (host !== undefined) return host;
  const names = [...new Set(all.map(({ name }) => name))];
  const expected = names.length === 0 ? 'a node, but no host has been booted yet' : oneOf(names, node);
  throw invalid(`node "${node}": expected ${expected}`);
}

function isFaultWord(word: string): word is FaultWord {
  return Object.hasOwn(faultWords, word);
}

function invalid(message: string): RolloutError {
  return new RolloutError('InputInvalid', message);
}
