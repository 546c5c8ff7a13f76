import type { InstanceState } from '../../model/facts/facts.js';
import type { EmulatedInstance } from './instance-states.js';
import {
  changeElements,
  childOf,
  parseXml,
  textOf,
  withChildren,
  writeXml,
  xmlElement,
  type XmlElement,
} from './xml.js';

/** EC2's number of each state. Source: EC2 API reference, InstanceState. */
const stateCodes: Readonly<Record<InstanceState, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

/**
 * Puts the emulator's own states into an answer of moto. Each instance with a state gets the state, its reason and the
 * addresses from the emulator. `keep` says which states stay in the answer; the others are left out.
 */
export function overlayStates(
  body: string,
  get: (id: string) => EmulatedInstance | undefined,
  keep: (state: InstanceState) => boolean = () => true,
): string {
  const answer = changeElements(parseXml(body), (element) => {
    if (element.name === 'reservationSet') return withoutEmptyReservations(element);
    const id = textOf(element, 'instanceId');
    const instance = id === undefined ? undefined : get(id);
    if (instance === undefined) return element;
    if (childOf(element, 'currentState') !== undefined) {
      return withChildren(element, [stateElement('currentState', instance.state)]);
    }
    if (childOf(element, 'instanceState') === undefined) return element;
    return keep(instance.state) ? instanceElement(element, instance) : undefined;
  });
  return answer === undefined ? body : `<?xml version="1.0" encoding="UTF-8"?>\n${writeXml(answer)}`;
}

function instanceElement(element: XmlElement, { state, reason }: EmulatedInstance): XmlElement {
  const reasonElement = xmlElement(
    'stateReason',
    reason === undefined ? [] : [xmlElement('code', reason.code), xmlElement('message', reason.message)],
  );
  const changed = withChildren(element, [stateElement('instanceState', state), reasonElement]);
  const hidden = hiddenIn(state);
  return { ...changed, children: changed.children.filter(({ name }) => !hidden.includes(name)) };
}

/** What EC2 does not show of an instance: the public address while it does not run, all of them when it is gone. */
function hiddenIn(state: InstanceState): readonly string[] {
  if (state === 'running') return [];
  const publicAddress = ['ipAddress', 'dnsName'];
  return state === 'terminated' ? [...publicAddress, 'privateIpAddress', 'networkInterfaceSet'] : publicAddress;
}

function stateElement(name: string, state: InstanceState): XmlElement {
  return xmlElement(name, [xmlElement('code', String(stateCodes[state])), xmlElement('name', state)]);
}

/** A list of reservations without those that hold no instance any more; any other element as it is. */
export function withoutEmptyReservations(element: XmlElement): XmlElement {
  if (element.name !== 'reservationSet') return element;
  const filled = element.children.filter((item) => (childOf(item, 'instancesSet')?.children.length ?? 1) > 0);
  return { ...element, children: filled };
}
