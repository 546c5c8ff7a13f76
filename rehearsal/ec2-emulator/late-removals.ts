import { listingOf, type AnswerCall } from './named-things.js';
import { withoutEmptyReservations } from './overlay-states.js';
import { changeElements, elementsWhere, parseXml, textOf, writeXml, type XmlElement } from './xml.js';

/** One thing that is gone, as it was shown last. */
interface Ghost {
  readonly thing: XmlElement;
  /** So many more answers show it. */
  left: number;
}

/**
 * Lists a removed thing a while longer. If the last answer to a question had it, so many more answers to the same question show it
 * as it was. Counted by answers, for each question and thing anew.
 */
export function withLateRemovals(answer: AnswerCall, answers: number): AnswerCall {
  const questions = new Map<string, Map<string, Ghost>>();
  return async (call) => {
    const listing = listingOf(call.action);
    const given = await answer(call);
    if (listing === undefined || given.status >= 300) return given;
    const known = questions.get(call.body) ?? new Map<string, Ghost>();
    questions.set(call.body, known);
    const body = parseXml(given.body);
    const isList = (element: XmlElement): boolean => element.name === listing.list;
    const shown = elementsWhere(body, isList).flatMap(({ children }) => children);
    const there = new Set(shown.map((thing) => textOf(thing, listing.id) ?? ''));
    for (const thing of shown) known.set(textOf(thing, listing.id) ?? '', { thing, left: answers });
    const ghosts = [...known].filter(([id, { left }]) => !there.has(id) && left > 0).map(([, ghost]) => ghost);
    for (const ghost of ghosts) ghost.left -= 1;
    if (ghosts.length === 0) return given;
    // a list of instances that is empty has no reservation that could hold one
    let added = false;
    const late = changeElements(body, (element) => {
      if (!isList(element) || added) return withoutEmptyReservations(element);
      added = true;
      return { ...element, children: [...element.children, ...ghosts.map(({ thing }) => thing)] };
    });
    return late === undefined ? given : { ...given, body: writeXml(late) };
  };
}
