import type { Ec2Answer, Ec2Call } from './ec2-message.js';
import type { InstanceStates } from './instance-states.js';
import { changeElements, childOf, parseXml, textOf, writeXml, type XmlElement } from './xml.js';

/** DescribeNetworkInterfaces without those of ended instances: moto keeps them, at EC2 they go with their instance. */
export async function describeInterfaces(
  call: Ec2Call,
  send: (call: Ec2Call) => Promise<Ec2Answer>,
  states: InstanceStates,
): Promise<Ec2Answer> {
  const answer = await send(call);
  if (answer.status >= 300) return answer;
  const hasEnded = (networkInterface: XmlElement): boolean => {
    const instance = textOf(childOf(networkInterface, 'attachment'), 'instanceId') ?? '';
    return states.get(instance)?.state === 'terminated';
  };
  const shown = changeElements(parseXml(answer.body), (element) =>
    element.name === 'networkInterfaceSet'
      ? { ...element, children: element.children.filter((item) => !hasEnded(item)) }
      : element,
  );
  return shown === undefined ? answer : { ...answer, body: writeXml(shown) };
}
