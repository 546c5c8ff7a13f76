import { listingOf, madeBy, changedBy, type AnswerCall, type Listing } from './named-things.js';
import { withoutEmptyReservations } from './overlay-states.js';
import { changeElements, parseXml, textOf, writeXml, type XmlElement } from './xml.js';

/**
 * Makes reads lag: the next answers show a changed thing in its former state, and a new thing not at all. Counted by
 * answers, for each thing anew. Calls must come for one emulator only.
 */
export function withStaleReads(answer: AnswerCall, answers: number): AnswerCall {
  const staleAnswers = new Map<string, number>();
  const lastShown = new Map<string, XmlElement>();
  const known = new Set<string>();

  /** The things of one list, as this answer shows them. */
  function asShown(list: XmlElement, { id }: Listing): XmlElement {
    const children = list.children.flatMap((thing) => {
      const name = textOf(thing, id) ?? '';
      const left = staleAnswers.get(name) ?? 0;
      if (left > 0) {
        staleAnswers.set(name, left - 1);
        return lastShown.get(name) ?? [];
      }
      lastShown.set(name, thing);
      return thing;
    });
    return { ...list, children };
  }

  return async (call) => {
    const given = await answer(call);
    const listing = listingOf(call.action);
    if (listing !== undefined && given.status < 300) {
      const shown = changeElements(parseXml(given.body), (element) =>
        element.name === listing.list ? asShown(element, listing) : withoutEmptyReservations(element),
      );
      return shown === undefined ? given : { ...given, body: writeXml(shown) };
    }
    // a repeated launch gives the first instance again, which is not new
    const isNew = madeBy(call, given).filter((id) => !known.has(id));
    for (const id of isNew) known.add(id);
    for (const id of [...isNew, ...changedBy(call, given)]) staleAnswers.set(id, answers);
    return given;
  };
}
