import { ec2Refusal, listParameter, type Ec2Answer, type Ec2Call } from './ec2-message.js';
import { overlayStates } from './overlay-states.js';
import type { Launcher } from './run-instances.js';

/**
 * TerminateInstances, StopInstances and StartInstances: moto carries them out, the states take their time, the hosts
 * follow. What changes nothing (an ended instance is ended again) is no effect. Start and stop are refused with
 * `IncorrectInstanceState` where EC2 does, as moto would revive an ended instance.
 */
export async function changeInstances(call: Ec2Call, launcher: Launcher): Promise<Ec2Answer> {
  const { states, ledger, send } = launcher;
  const ids = listParameter(call.form ?? new URLSearchParams(), 'InstanceId');
  const refused = call.action === 'TerminateInstances' ? undefined : ids.find((id) => !mayChange(id, call.action));
  if (refused !== undefined) {
    const state = states.get(refused)?.state ?? 'unknown';
    const message = `The instance '${refused}' is not in a state from which it can be changed (${state}).`;
    return ec2Refusal(400, 'IncorrectInstanceState', message);
  }
  const answer = await send(call);
  if (answer.status >= 300) return answer;
  for (const id of ids.filter(change)) {
    ledger({ effect: call.action, key: id, node: states.get(id)?.node ?? id });
  }
  return { ...answer, body: overlayStates(answer.body, states.get) };

  function mayChange(id: string, action: string): boolean {
    const state = states.get(id)?.state;
    // an unknown id is refused by moto
    if (state === undefined) return true;
    return action === 'StartInstances'
      ? state === 'stopped' || state === 'running'
      : state === 'running' || state === 'stopping' || state === 'stopped';
  }

  function change(id: string): boolean {
    if (call.action === 'TerminateInstances') return states.terminate(id);
    return call.action === 'StopInstances' ? states.stop(id) : states.start(id);
  }
}
