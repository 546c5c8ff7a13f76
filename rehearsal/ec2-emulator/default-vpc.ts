import { withParameters, type Ec2Answer, type Ec2Call } from './ec2-message.js';
import type { AnswerCall } from './named-things.js';
import { elementsWhere, parseXml, textOf } from './xml.js';

/**
 * Gives an account no default VPC. Moto makes one in each account and region; this function removes it before it
 * answers the first call there.
 */
export function withoutDefaultVpc(answer: AnswerCall, send: AnswerCall): AnswerCall {
  const removals = new Map<string, Promise<void>>();
  return async (call) => {
    const [, key = '', region = ''] =
      /Credential=([^/]*)\/\d*\/([^/]*)\//.exec(call.headers['authorization'] ?? '') ?? [];
    const account = `${key} ${region}`;
    const removal = removals.get(account) ?? removeDefaultVpcs(call, send);
    removals.set(account, removal);
    await removal;
    return answer(call);
  };
}

async function removeDefaultVpcs(like: Ec2Call, send: AnswerCall): Promise<void> {
  const ask = (Action: string, parameters: Readonly<Record<string, string>>): Promise<Ec2Answer> =>
    send(withParameters({ ...like, form: new URLSearchParams({ Version: '2016-11-15' }) }, { Action, ...parameters }));
  const list = async (Action: string, filter: string, value: string, id: string): Promise<readonly string[]> => {
    const { body } = await ask(Action, { 'Filter.1.Name': filter, 'Filter.1.Value.1': value });
    const things = elementsWhere(parseXml(body), (element) => textOf(element, id) !== undefined);
    return things.flatMap((thing) => textOf(thing, id) ?? []);
  };
  for (const VpcId of await list('DescribeVpcs', 'is-default', 'true', 'vpcId')) {
    for (const SubnetId of await list('DescribeSubnets', 'vpc-id', VpcId, 'subnetId')) {
      await ask('DeleteSubnet', { SubnetId });
    }
    await ask('DeleteVpc', { VpcId });
  }
}
