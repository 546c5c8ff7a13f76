import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createEc2Clients, type Ec2Clients } from '../../../systems/ec2/ec2-client.js';

/** An answer in EC2's form; 200 unless said. */
export interface GivenAnswer {
  readonly body?: string;
  readonly status?: number;
}

export interface AnsweringEc2 {
  readonly clients: Ec2Clients;
  /** Actions in the order in which they came. */
  readonly actions: string[];
  /** Parameters of the calls, in the same order. */
  readonly forms: URLSearchParams[];
  close(): Promise<void>;
}

/** Something that answers as a test says, at the other end of the real SDK. `date` is what its clock shows. */
export async function startAnsweringEc2(
  answer: (action: string, form: URLSearchParams) => GivenAnswer,
  date?: () => Date,
): Promise<AnsweringEc2> {
  const actions: string[] = [];
  const forms: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const form = new URLSearchParams(body);
      const action = form.get('Action') ?? '';
      actions.push(action);
      forms.push(form);
      const given = answer(action, form);
      const headers = { 'content-type': 'text/xml', ...(date === undefined ? {} : { date: date().toUTCString() }) };
      response.writeHead(given.status ?? 200, headers).end(given.body ?? `<${action}Response></${action}Response>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const clients = createEc2Clients({
    region: 'ap-northeast-2',
    endpoint: `http://127.0.0.1:${String(port)}`,
    credentials,
  });
  return {
    clients,
    actions,
    forms,
    async close() {
      clients.repeating.destroy();
      clients.once.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
