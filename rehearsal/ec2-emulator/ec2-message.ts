/** One call of the EC2 query protocol, or, without `form`, a call of another service that is passed on as it is. */
export interface Ec2Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly action: string;
  readonly form: URLSearchParams | undefined;
}

/** The answer to a call. */
export interface Ec2Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Reads a request: EC2 takes `Action=…&…` forms, signed for the service `ec2`. */
export function readEc2Call(request: Omit<Ec2Call, 'action' | 'form'>): Ec2Call {
  const isEc2 = /Credential=[^,]*\/ec2\/aws4_request/.test(request.headers['authorization'] ?? '');
  const isForm = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  if (!isEc2 || !isForm) return { ...request, action: '', form: undefined };
  const form = new URLSearchParams(request.body);
  return { ...request, form, action: form.get('Action') ?? '' };
}

/** Copies a call with other parameters; an `undefined` value removes a parameter. */
export function withParameters(call: Ec2Call, parameters: Readonly<Record<string, string | undefined>>): Ec2Call {
  const form = new URLSearchParams(call.form);
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) form.delete(name);
    else form.set(name, value);
  }
  return { ...call, form, action: form.get('Action') ?? '', body: form.toString() };
}

/** A refusal in EC2's own form. */
export function ec2Refusal(status: number, code: string, message: string): Ec2Answer {
  const error = `<Error><Code>${code}</Code><Message>${message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</Message></Error>`;
  return {
    status,
    contentType: 'text/xml;charset=UTF-8',
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors>${error}</Errors><RequestID>emulator</RequestID></Response>`,
  };
}

/** Whether a call only reads. */
export function isRead(action: string): boolean {
  return /^(Describe|Get|List|Search)/.test(action);
}

/** Values of `Name.1`, `Name.2`, … in their order. */
export function listParameter(form: URLSearchParams, name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 1; form.has(`${name}.${String(index)}`); index += 1) {
    values.push(form.get(`${name}.${String(index)}`) ?? '');
  }
  return values;
}

/** Tags that a call sets at creation, of its first tag specification (ours sets the same ones on everything). */
export function tagsInCall(form: URLSearchParams): Readonly<Record<string, string>> {
  const tags: Record<string, string> = {};
  for (let index = 1; form.has(`TagSpecification.1.Tag.${String(index)}.Key`); index += 1) {
    const at = `TagSpecification.1.Tag.${String(index)}`;
    tags[form.get(`${at}.Key`) ?? ''] = form.get(`${at}.Value`) ?? '';
  }
  return tags;
}
