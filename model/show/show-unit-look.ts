import type { ContainerLog, EventLook, PodLook, UnitLook } from '../kubernetes/unit-look.js';
import { span, type Line } from './line.js';
import { alignColumns } from './table.js';

/**
 * A unit in the cluster for people: its unready objects with the reasons, its pods, the events, then the last lines of
 * each container.
 */
export function showUnitLook(look: UnitLook): readonly Line[] {
  const { unit, wave, objects, open, pods, events } = look;
  const state =
    open.length === 0 ? `all ${objects} objects are ready` : `${open.length} of ${objects} objects not ready`;
  return [
    [span(`unit ${unit}, wave ${wave}: `, 'strong'), span(state, open.length === 0 ? 'good' : 'bad')],
    ...open.map((sentence): Line => [span(`  ${sentence}`)]),
    ...section('pods', alignColumns(pods.map(podRow), { indent: '  ' })),
    ...section('events, newest last', alignColumns(events.map(eventRow), { indent: '  ' })),
    ...pods.flatMap((pod) => pod.logs.flatMap((log) => logLines(pod, log))),
  ];
}

function section(title: string, rows: readonly string[]): readonly Line[] {
  return rows.length === 0 ? [] : [[], [span(title, 'strong')], ...rows.map((row): Line => [span(row)])];
}

function podRow({ namespace, name, node, phase, ready }: PodLook): readonly string[] {
  return [`${namespace}/${name}`, node === undefined ? 'on no node' : `on ${node}`, ready ? 'Ready' : phase];
}

function eventRow({ at, type, reason, about, count, message }: EventLook): readonly string[] {
  const times = count > 1 ? ` (${count} times)` : '';
  return [at?.replace(/\.\d+Z$/, 'Z') ?? '', type, reason, `${about}: ${message}${times}`];
}

function logLines(pod: PodLook, { container, previous, text, problem }: ContainerLog): readonly Line[] {
  const which = previous ? ', previous run' : '';
  const said = text === undefined ? (problem ?? '') : text.trimEnd();
  const lines = said === '' ? ['nothing'] : said.split('\n');
  const tone = text === undefined || said === '' ? 'dim' : 'plain';
  return [
    [],
    [span(`log of ${pod.name}, container ${container}${which}`, 'strong')],
    ...lines.map((line): Line => [span(`  ${line}`, tone)]),
  ];
}
