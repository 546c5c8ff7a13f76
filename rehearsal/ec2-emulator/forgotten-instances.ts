import { ec2Refusal, listParameter, type Ec2Call } from './ec2-message.js';
import type { AnswerCall } from './named-things.js';
import { withoutEmptyReservations } from './overlay-states.js';
import { changeElements, childOf, parseXml, textOf, writeXml, type XmlElement } from './xml.js';

/** The memory of an ended instance, counted in answers to DescribeInstances since the first that showed its end. */
export interface Memory {
  /** So many show its tags; from then it is not found by them. */
  readonly tagsForAnswers: number;
  /** So many show it at all. */
  readonly entryForAnswers: number;
}

/** Ended instances lose their tags after a while, and vanish later; who names one then is told that there is none. */
export function withForgottenInstances(answer: AnswerCall, memory: Memory): AnswerCall {
  const answersSinceEnd = new Map<string, number>();
  const age = (id: string): number => answersSinceEnd.get(id) ?? -1;

  function asRemembered(instance: XmlElement, byTags: boolean): XmlElement | undefined {
    const id = textOf(instance, 'instanceId') ?? '';
    const isEnded = textOf(childOf(instance, 'instanceState'), 'name') === 'terminated';
    if (isEnded && !answersSinceEnd.has(id)) answersSinceEnd.set(id, 0);
    if (age(id) >= memory.entryForAnswers) return undefined;
    if (age(id) < memory.tagsForAnswers) return instance;
    if (byTags) return undefined;
    return { ...instance, children: instance.children.filter(({ name }) => name !== 'tagSet') };
  }

  return async (call) => {
    const ids = listParameter(call.form ?? new URLSearchParams(), 'InstanceId');
    const gone = ids.find((id) => age(id) >= memory.entryForAnswers);
    if (gone !== undefined) {
      return ec2Refusal(400, 'InvalidInstanceID.NotFound', `The instance ID '${gone}' does not exist`);
    }
    const given = await answer(call);
    if (call.action !== 'DescribeInstances' || given.status >= 300) return given;
    const byTags = filtersByTag(call);
    const shown = changeElements(parseXml(given.body), (element) => {
      if (element.name !== 'instancesSet') return withoutEmptyReservations(element);
      return { ...element, children: element.children.flatMap((each) => asRemembered(each, byTags) ?? []) };
    });
    for (const [id, answers] of answersSinceEnd) answersSinceEnd.set(id, answers + 1);
    return shown === undefined ? given : { ...given, body: writeXml(shown) };
  };
}

function filtersByTag({ form }: Ec2Call): boolean {
  return [...(form ?? [])].some(([name, value]) => /^Filter\.\d+\.Name$/.test(name) && value.startsWith('tag'));
}
