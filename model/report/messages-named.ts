import { listAt, textAt } from '../json/json-value.js';
import type { MessagePayload, SignalName, UpdateName } from '../messages.js';
import type { MessageFact } from './run-facts.js';

/** The fields of what a message carries. */
type FieldOf<Name extends SignalName | UpdateName> = keyof NonNullable<MessagePayload<Name>> & string;

/** The messages of one name, in their order. */
export function messagesNamed<Known extends SignalName | UpdateName, Name extends Known>(
  messages: readonly MessageFact<Known>[],
  name: Name,
): readonly MessageFact<Name>[] {
  return messages.filter((message): message is MessageFact<Name> => message.name === name);
}

/** The text in a field of what a message carries; `undefined` where it has none. */
export function textIn<Name extends SignalName | UpdateName>(
  { payload }: MessageFact<Name>,
  field: FieldOf<Name>,
): string | undefined {
  return textAt(payload, field);
}

/** The list in a field of what a message carries; empty where it has none. */
export function listIn<Name extends SignalName | UpdateName>(
  { payload }: MessageFact<Name>,
  field: FieldOf<Name>,
): readonly unknown[] {
  return listAt(payload, field);
}
