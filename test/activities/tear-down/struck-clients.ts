import { createEc2Clients, type Ec2Clients, type Ec2Connection } from '../../../systems/ec2/ec2-client.js';

/** Clients of which each call that changes something fails twice: before it is sent, and after EC2 has carried it out. */
export interface StruckClients {
  readonly clients: Ec2Clients;
  /** Calls that failed, in order: `before DeleteSubnet {…}`. */
  readonly struck: string[];
}

/** Each call is known by its name and input: one that is made again after both failures is left alone. */
export function strikeCalls(connection: Ec2Connection): StruckClients {
  const clients = createEc2Clients(connection);
  const struck: string[] = [];
  function strike(moment: string): void {
    if (struck.includes(moment)) return;
    struck.push(moment);
    throw new Error(`struck ${moment}`);
  }
  for (const client of [clients.repeating, clients.once]) {
    client.middlewareStack.add(
      (next, context) => async (call) => {
        const name = String(context['commandName']).replace(/Command$/, '');
        if (/^(Describe|Get)/.test(name)) return next(call);
        const what = `${name} ${JSON.stringify(call.input)}`;
        strike(`before ${what}`);
        const answer = await next(call);
        strike(`after ${what}`);
        return answer;
      },
      { step: 'initialize', name: 'strike' },
    );
  }
  return { clients, struck };
}
