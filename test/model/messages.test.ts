import { describe, expect, it } from 'vitest';
import { isSignalName, isUpdateName, signalNames, updateNames, type SignalName } from '../../model/messages.js';
import { messagesNamed, textIn } from '../../model/report/messages-named.js';
import * as definitions from '../../workflows/contract/message-definitions.js';
import { aMessage } from './report/some-facts.js';

describe('messages', () => {
  it('are defined for workflows under the names that the report reads', () => {
    const defined = Object.values(definitions).map(({ type, name }) => `${type} ${name}`);

    expect(new Set(defined)).toEqual(
      new Set([
        ...Object.values(signalNames).map((name) => `signal ${name}`),
        ...Object.values(updateNames).map((name) => `update ${name}`),
        'query status',
      ]),
    );
  });

  it('that nobody sends any more do not compile, neither in a fixture nor in the report', () => {
    const sent = aMessage('nodesReady', 1, { nodes: ['k8s-redis'] });
    // @ts-expect-error a name of an earlier build
    const renamed: SignalName = 'nodeReady';
    // @ts-expect-error a field that the message does not have
    const invented = aMessage('nodesReady', 1, { node: 'k8s-redis' });
    // @ts-expect-error the same where it is read
    const read = textIn(sent, 'node');

    expect([renamed, invented.name, read]).toEqual(['nodeReady', 'nodesReady', undefined]);
    expect([isSignalName(renamed), isUpdateName(renamed)]).toEqual([false, false]);
    expect(messagesNamed([sent], 'nodesReady')).toEqual([sent]);
  });
});
