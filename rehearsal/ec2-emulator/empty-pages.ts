import { withParameters } from './ec2-message.js';
import { listingOf, type AnswerCall } from './named-things.js';
import { writeXml, xmlElement } from './xml.js';

const token = 'emulated-second-page';

/** The first page of every Describe that EC2 gives in pages is empty; its token leads to everything. */
export function withEmptyPages(answer: AnswerCall): AnswerCall {
  return async (call) => {
    const listing = listingOf(call.action);
    if (listing?.paged !== true) return answer(call);
    const asked = call.form?.get('NextToken') ?? undefined;
    if (asked === token) return answer(withParameters(call, { NextToken: undefined }));
    if (asked !== undefined) return answer(call);
    const list = call.action === 'DescribeInstances' ? 'reservationSet' : listing.list;
    const page = xmlElement(`${call.action}Response`, [
      xmlElement('requestId', 'emulator'),
      xmlElement(list, []),
      xmlElement('nextToken', token),
    ]);
    return { status: 200, contentType: 'text/xml;charset=UTF-8', body: writeXml(page) };
  };
}
