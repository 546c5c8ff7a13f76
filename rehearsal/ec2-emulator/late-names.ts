import { ec2Refusal, isRead, type Ec2Answer, type Ec2Call } from './ec2-message.js';
import { madeBy, type AnswerCall } from './named-things.js';

/** The refusal of a call that names an unseen thing in this parameter. Source: EC2 API reference, "Error codes". */
const notFound: readonly (readonly [RegExp, string])[] = [
  [/^VpcId$/, 'InvalidVpcID.NotFound'],
  [/^SubnetId$/, 'InvalidSubnetID.NotFound'],
  [/^InternetGatewayId$/, 'InvalidInternetGatewayID.NotFound'],
  // CreateRoute has a code of its own. Source: hashicorp/terraform #4987
  [/^GatewayId$/, 'InvalidGatewayID.NotFound'],
  [/^RouteTableId$/, 'InvalidRouteTableID.NotFound'],
  [/^GroupId$/, 'InvalidGroup.NotFound'],
  [/^SecurityGroupId\.\d+$/, 'InvalidSecurityGroupID.NotFound'],
  [/^SecurityGroupRuleId\.\d+$/, 'InvalidSecurityGroupRuleId.NotFound'],
  [/^KeyName$/, 'InvalidKeyPair.NotFound'],
  [/^LaunchTemplateId$/, 'InvalidLaunchTemplateId.NotFound'],
  [/^InstanceId\.\d+$/, 'InvalidInstanceID.NotFound'],
  [/^ResourceId\.\d+$/, 'InvalidID.NotFound'],
];

/** Names of what was just made are not known at once: of each action, the first calls that name it are refused. */
export function withLateNames(answer: AnswerCall, calls: number): AnswerCall {
  const made = new Set<string>();
  const refused = new Map<string, number>();

  function refusal({ action, form }: Ec2Call): Ec2Answer | undefined {
    if (isRead(action) || action === 'ImportKeyPair') return undefined;
    for (const [name, value] of form ?? []) {
      const code = notFound.find(([parameter]) => parameter.test(name))?.[1];
      const key = `${action} ${value}`;
      const times = refused.get(key) ?? 0;
      if (code === undefined || !made.has(value) || times >= calls) continue;
      refused.set(key, times + 1);
      return ec2Refusal(400, code, `The ${name} '${value}' does not exist`);
    }
    return undefined;
  }

  return async (call) => {
    const refusedNow = refusal(call);
    if (refusedNow !== undefined) return refusedNow;
    const given = await answer(call);
    for (const id of madeBy(call, given)) made.add(id);
    return given;
  };
}

/** A gateway that was just attached does not count as attached at once: the first routes through it are refused. */
export function withLateAttachments(answer: AnswerCall, calls: number): AnswerCall {
  const left = new Map<string, number>();
  return async (call) => {
    const gateway = call.form?.get('GatewayId') ?? '';
    const times = left.get(gateway) ?? 0;
    if (['CreateRoute', 'ReplaceRoute'].includes(call.action) && times > 0) {
      left.set(gateway, times - 1);
      const table = call.form?.get('RouteTableId') ?? '';
      const message = `route table ${table} and network gateway ${gateway} belong to different networks`;
      return ec2Refusal(400, 'InvalidParameterValue', message);
    }
    const given = await answer(call);
    const attached = call.action === 'AttachInternetGateway' && given.status < 300;
    if (attached) left.set(call.form?.get('InternetGatewayId') ?? '', calls);
    return given;
  };
}
