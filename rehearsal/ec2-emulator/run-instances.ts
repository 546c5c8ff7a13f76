import { tagNames } from '../../systems/ec2/ownership-tags.js';
import type { Ec2Faults } from './ec2-faults.js';
import { ec2Refusal, tagsInCall, withParameters, type Ec2Answer, type Ec2Call } from './ec2-message.js';
import type { InstanceStates } from './instance-states.js';
import type { Ledger } from './ledger.js';
import { overlayStates } from './overlay-states.js';
import type { SubnetAddresses } from './subnet-addresses.js';
import { elementsWhere, parseXml, textOf } from './xml.js';

/** What a launch needs of the emulator. */
export interface Launcher {
  readonly send: (call: Ec2Call) => Promise<Ec2Answer>;
  readonly states: InstanceStates;
  readonly addresses: SubnetAddresses;
  readonly faults: Ec2Faults;
  readonly ledger: Ledger;
  readonly launches: Map<string, PastLaunch>;
}

/** A launch under a ClientToken. */
export interface PastLaunch {
  readonly parameters: string;
  /** Absent where EC2 refused the launch: its token is bound all the same. */
  readonly instanceId?: string;
  readonly body: string;
}

/**
 * RunInstances for one instance in a subnet. As at EC2, and unlike moto, a ClientToken counts per zone and gives the
 * first instance again. Other parameters, also after a refusal for capacity, give `IdempotentParameterMismatch`. An
 * ended instance gives `IdempotentInstanceTerminated`. The private address is ours to choose. Calls must come one at a
 * time.
 */
export async function runInstances(call: Ec2Call, launcher: Launcher): Promise<Ec2Answer> {
  const form = call.form ?? new URLSearchParams();
  const subnetId = form.get('SubnetId');
  if (form.get('MaxCount') !== '1' || form.get('MinCount') !== '1' || subnetId === null) {
    return ec2Refusal(400, 'UnsupportedOperation', 'the emulator launches one instance a call, into a subnet');
  }
  const subnet = await readSubnet(call, subnetId, launcher);
  if ('status' in subnet) return subnet;

  const token = form.get('ClientToken');
  const tokenInZone = `${token ?? ''} ${subnet.zone}`;
  const parameters = parametersOf(form);
  const past = token === null ? undefined : launcher.launches.get(tokenInZone);
  if (past !== undefined) {
    const again = repeated(past, parameters, launcher);
    if (again !== undefined) return again;
  }

  const type = form.get('InstanceType') ?? 'm1.small';
  if (launcher.faults.lacksCapacity(subnet.zone, type)) {
    if (token !== null) launcher.launches.set(tokenInZone, { parameters, body: '' });
    const message = `We currently do not have sufficient ${type} capacity in the Availability Zone you requested (${subnet.zone}).`;
    return ec2Refusal(500, 'InsufficientInstanceCapacity', message);
  }
  const address = launcher.addresses.next(subnetId, subnet.cidr);
  if (address === undefined) {
    return ec2Refusal(
      400,
      'InsufficientFreeAddressesInSubnet',
      `There are not enough free addresses in subnet '${subnetId}'.`,
    );
  }
  const answer = await launcher.send(withParameters(call, { PrivateIpAddress: address }));
  if (answer.status >= 300) return answer;

  const instanceId = firstInstance(answer.body);
  const tags = tagsInCall(form);
  const node = tags[tagNames.node] ?? tags['Name'] ?? instanceId;
  launcher.ledger({ effect: 'RunInstances', key: token ?? instanceId, node });
  if (token !== null) launcher.launches.set(tokenInZone, { parameters, instanceId, body: answer.body });
  const userData = Buffer.from(form.get('UserData') ?? '', 'base64').toString('utf8');
  const memoryMiB = await memoryOf(call, type, launcher);
  const size = memoryMiB === undefined ? {} : { memoryMiB };
  launcher.states.launch({ id: instanceId, node, address, ...size, userData }, launcher.faults.takeFailedLaunch(node));
  return { ...answer, body: overlayStates(answer.body, launcher.states.get) };
}

function repeated(past: PastLaunch, parameters: string, { states }: Launcher): Ec2Answer | undefined {
  if (past.parameters !== parameters) {
    const message = 'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).';
    return ec2Refusal(400, 'IdempotentParameterMismatch', message);
  }
  if (past.instanceId === undefined) return undefined;
  const state = states.get(past.instanceId)?.state;
  if (state === 'shutting-down' || state === 'terminated') {
    const message = `The instance ${past.instanceId} of the previous request with this client token is terminated.`;
    return ec2Refusal(400, 'IdempotentInstanceTerminated', message);
  }
  return { status: 200, contentType: 'text/xml;charset=UTF-8', body: overlayStates(past.body, states.get) };
}

/** What a token stands for: every parameter, whatever their order. */
function parametersOf(form: URLSearchParams): string {
  const all = [...form].filter(([name]) => name !== 'ClientToken');
  return JSON.stringify(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function readSubnet(
  call: Ec2Call,
  subnetId: string,
  { send }: Launcher,
): Promise<{ readonly zone: string; readonly cidr: string } | Ec2Answer> {
  const form = new URLSearchParams({ Action: 'DescribeSubnets', Version: '2016-11-15', 'SubnetId.1': subnetId });
  const answer = await send({ ...call, action: 'DescribeSubnets', form, body: form.toString() });
  if (answer.status >= 300) return answer;
  const [subnet] = elementsWhere(parseXml(answer.body), (element) => textOf(element, 'subnetId') === subnetId);
  return { zone: textOf(subnet, 'availabilityZone') ?? '', cidr: textOf(subnet, 'cidrBlock') ?? '' };
}

async function memoryOf(call: Ec2Call, type: string, { send }: Launcher): Promise<number | undefined> {
  const asked = { Action: 'DescribeInstanceTypes', Version: '2016-11-15', 'InstanceType.1': type };
  const form = new URLSearchParams(asked);
  const answer = await send({ ...call, action: asked.Action, form, body: form.toString() });
  if (answer.status >= 300) return undefined;
  const [memory] = elementsWhere(parseXml(answer.body), (element) => textOf(element, 'sizeInMiB') !== undefined);
  const size = Number(textOf(memory, 'sizeInMiB'));
  return Number.isInteger(size) ? size : undefined;
}

function firstInstance(body: string): string {
  const [instance] = elementsWhere(parseXml(body), (element) => textOf(element, 'instanceId') !== undefined);
  return textOf(instance, 'instanceId') ?? '';
}
