import type { InstanceState } from '../../model/facts/facts.js';
import { listParameter, type Ec2Answer, type Ec2Call } from './ec2-message.js';
import type { InstanceStates } from './instance-states.js';
import { overlayStates } from './overlay-states.js';

/** DescribeInstances and DescribeInstanceStatus, with the emulator's states; a filter by state is carried out here. */
export async function describeInstances(
  call: Ec2Call,
  send: (call: Ec2Call) => Promise<Ec2Answer>,
  states: InstanceStates,
): Promise<Ec2Answer> {
  const form = call.form ?? new URLSearchParams();
  const wanted = filteredStates(form);
  const onlyRunning = call.action === 'DescribeInstanceStatus' && form.get('IncludeAllInstances') !== 'true';
  const keep = (state: InstanceState): boolean =>
    (wanted === undefined || wanted.includes(state)) && (!onlyRunning || state === 'running');
  const everyState = new URLSearchParams(withoutStateFilter(form));
  const answer = await send({ ...call, form: everyState, body: everyState.toString() });
  return answer.status >= 300 ? answer : { ...answer, body: overlayStates(answer.body, states.get, keep) };
}

/** Filters of a call in their order: number, name, values. */
function filters(form: URLSearchParams): readonly { readonly name: string; readonly values: readonly string[] }[] {
  const found: { readonly name: string; readonly values: readonly string[] }[] = [];
  for (let index = 1; form.has(`Filter.${String(index)}.Name`); index += 1) {
    const at = `Filter.${String(index)}`;
    found.push({ name: form.get(`${at}.Name`) ?? '', values: listParameter(form, `${at}.Value`) });
  }
  return found;
}

function filteredStates(form: URLSearchParams): readonly string[] | undefined {
  return filters(form).find(({ name }) => name === 'instance-state-name')?.values;
}

/** The call without that filter, the others numbered anew: moto stops at the first number that is missing. */
function withoutStateFilter(form: URLSearchParams): [string, string][] {
  const kept = [...form].filter(([name]) => !name.startsWith('Filter.'));
  const others = filters(form).filter(({ name }) => name !== 'instance-state-name');
  for (const [index, { name, values }] of others.entries()) {
    const at = `Filter.${String(index + 1)}`;
    kept.push([`${at}.Name`, name]);
    for (const [number, value] of values.entries()) kept.push([`${at}.Value.${String(number + 1)}`, value]);
  }
  return kept;
}
