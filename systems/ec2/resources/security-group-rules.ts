import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { CallOptions } from '../../calls.js';
import type { Ec2Clients } from '../ec2-client.js';
import type { Owner } from '../ec2.js';
import { isOwned } from '../ownership-tags.js';
import { readAll } from '../read-pages.js';

/** Rules of a group for addresses that the spec does not name. */
export interface UnwantedRules {
  /** Our rules, by their tags: groundswell may remove them. */
  readonly surplus: readonly SecurityGroupRule[];
  /** Rules of somebody else: groundswell names them and leaves them alone. */
  readonly foreign: readonly SecurityGroupRule[];
}

/** Finds the rules that let in more than these ranges. */
export async function unwantedRules(
  { repeating }: Pick<Ec2Clients, 'repeating'>,
  input: Owner & { readonly groupId: string; readonly allowedCidrs: readonly string[] },
  options: CallOptions = {},
): Promise<UnwantedRules> {
  const ofGroup = [{ Name: 'group-id', Values: [input.groupId] }];
  const unwanted = (await readAll.securityGroupRules({ repeating }, ofGroup, options)).filter(
    ({ IsEgress, CidrIpv4, CidrIpv6 }) =>
      IsEgress !== true &&
      (CidrIpv6 !== undefined || (CidrIpv4 !== undefined && !input.allowedCidrs.includes(CidrIpv4))),
  );
  return {
    surplus: unwanted.filter(({ Tags }) => isOwned(input, Tags)),
    foreign: unwanted.filter(({ Tags }) => !isOwned(input, Tags)),
  };
}

/** `22 from 0.0.0.0/0`, `all ports from ::/0`. */
export function ruleText({ IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6 }: SecurityGroupRule): string {
  const ports = FromPort === ToPort ? String(FromPort) : `${String(FromPort)}-${String(ToPort)}`;
  return `${IpProtocol === '-1' ? 'all ports' : ports} from ${CidrIpv4 ?? CidrIpv6 ?? '?'}`;
}
