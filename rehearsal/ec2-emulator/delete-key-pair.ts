import { withParameters, type Ec2Answer, type Ec2Call } from './ec2-message.js';
import type { Launcher } from './run-instances.js';
import { elementsWhere, parseXml, textOf } from './xml.js';

/**
 * DeleteKeyPair by name or by id, of which moto knows the name only. As at EC2, one that does not exist is no failure; and
 * no effect either.
 */
export async function deleteKeyPair(call: Ec2Call, { send, ledger }: Launcher): Promise<Ec2Answer> {
  const id = call.form?.get('KeyPairId') ?? undefined;
  const name = call.form?.get('KeyName') ?? undefined;
  const { body } = await send(
    withParameters(call, { Action: 'DescribeKeyPairs', KeyPairId: undefined, KeyName: undefined }),
  );
  const [found] = elementsWhere(
    parseXml(body),
    (element) => textOf(element, 'keyPairId') !== undefined && [id, name].some((asked) => isNamed(asked, element)),
  );
  const KeyName = textOf(found, 'keyName') ?? name ?? '';
  const answer = await send(withParameters(call, { KeyPairId: undefined, KeyName }));
  if (answer.status < 300 && found !== undefined) ledger({ effect: call.action, key: KeyName });
  return answer;

  function isNamed(asked: string | undefined, element: Parameters<typeof textOf>[0]): boolean {
    return asked !== undefined && [textOf(element, 'keyPairId'), textOf(element, 'keyName')].includes(asked);
  }
}
