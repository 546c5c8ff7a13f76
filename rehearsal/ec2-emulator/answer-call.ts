import { tagNames } from '../../systems/ec2/ownership-tags.js';
import { changeInstances } from './change-instances.js';
import { deleteKeyPair } from './delete-key-pair.js';
import { describeInstances } from './describe-instances.js';
import { describeInterfaces } from './describe-interfaces.js';
import { ec2Refusal, isRead, tagsInCall, type Ec2Answer, type Ec2Call } from './ec2-message.js';
import { runInstances, type Launcher } from './run-instances.js';

/**
 * Answers one call of EC2. Passes calls that only read to moto unchanged. Passes calls that change something one at a
 * time, and writes their effect to the ledger after moto has carried them out. Calls of other services are passed on
 * and leave no line.
 */
export function createCallAnswerer(launcher: Launcher): (call: Ec2Call) => Promise<Ec2Answer> {
  let last: Promise<unknown> = Promise.resolve();

  function inTurn(act: () => Promise<Ec2Answer>): Promise<Ec2Answer> {
    const turn = last.then(act);
    last = turn.catch(() => undefined);
    return turn;
  }

  return async (call) => {
    if (call.form === undefined) return launcher.send(call);
    if (launcher.faults.takeThrottle(call.action)) {
      return ec2Refusal(503, 'RequestLimitExceeded', 'Request limit exceeded.');
    }
    if (call.action === 'DescribeInstances' || call.action === 'DescribeInstanceStatus') {
      return describeInstances(call, launcher.send, launcher.states);
    }
    if (call.action === 'DescribeNetworkInterfaces') return describeInterfaces(call, launcher.send, launcher.states);
    if (isRead(call.action)) return launcher.send(call);
    return inTurn(() => change(call, call.form ?? new URLSearchParams(), launcher));
  };
}

async function change(call: Ec2Call, form: URLSearchParams, launcher: Launcher): Promise<Ec2Answer> {
  if (form.get('DryRun') === 'true') {
    // moto heeds it for some calls only, and carries the others out
    return call.action === 'RunInstances'
      ? launcher.send(call)
      : ec2Refusal(412, 'DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
  }
  if (call.action === 'RunInstances') return runInstances(call, launcher);
  if (['TerminateInstances', 'StopInstances', 'StartInstances'].includes(call.action)) {
    return changeInstances(call, launcher);
  }
  if (call.action === 'DeleteKeyPair') return deleteKeyPair(call, launcher);
  const answer = await launcher.send(call);
  if (answer.status < 300) launcher.ledger({ effect: call.action, key: keyOf(form) });
  return answer;
}

/** The owner tag where the call sets one, else the ids that it names. */
function keyOf(form: URLSearchParams): string {
  const cluster = tagsInCall(form)[tagNames.cluster];
  if (cluster !== undefined) return `${tagNames.cluster}=${cluster}`;
  const named = [...form].filter(([name]) => /^\w+(Id|Name)(\.\d+)?$/.test(name)).map(([, value]) => value);
  return named.join(' ');
}
