import { shortDigest } from '../show/show-step.js';
import { escapeHtml } from './escape-html.js';
import { legend, reportChart, rowsOf } from './report-chart.js';
import { reportStyle } from './report-style.js';
import { failedTriesTable, laneTable, minutesTable, parksTable, pathTable } from './report-tables.js';
import type { RollOutReport } from './roll-out-report.js';
import { beforeText, took } from './time-words.js';

/**
 * The report as one HTML page that needs nothing else: no script, no font, no request. Every text of the roll-out is
 * escaped, and the page forbids itself to load anything.
 */
export function reportPage(report: RollOutReport): string {
  const { cluster, lanes, parks, failedTries } = report;
  const group = (name: string) => lanes.filter((lane) => lane.group === name);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(cluster)}: ${took(report.wallMs)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
${head(report)}
${section('Where the minutes went', minutesTable(report))}
${section('Timeline', `${legend(report)}${timeline(report)}`)}
${section('Critical path', pathTable(report))}
${group('node').length === 0 ? '' : section('Nodes', laneTable(group('node')))}
${group('unit').length === 0 ? '' : section('Units', laneTable(group('unit')))}
${parks.length === 0 ? '' : section('Parked', parksTable(report))}
${failedTries.length === 0 ? '' : section('Tries that failed', failedTriesTable(report))}
</main>
</body>
</html>
`;
}

function head(report: RollOutReport): string {
  const tone = report.state === 'done' ? 'good' : report.state === 'open' ? 'busy' : 'bad';
  const state = report.state === 'open' ? 'rolling out' : report.state;
  const gaps = report.workerGaps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const about = [
    `since ${report.startedAt}`,
    ...(report.by === undefined ? [] : [`started by ${report.by}`]),
    ...(report.before === undefined ? [] : [beforeText(report.before)]),
    ...(report.planDigest === undefined ? [] : [`plan ${shortDigest(report.planDigest)}`]),
    `${report.workflowId}, run ${report.runId}`,
    ...report.pauses.map(
      ({ fromMs, toMs, by, reason }) => `${by} paused it for ${took((toMs ?? report.wallMs) - fromMs)}: ${reason}`,
    ),
    ...(gaps === 0 ? [] : [`no worker answered for ${took(gaps)}`]),
  ];
  return `<header>
<h1>${escapeHtml(report.cluster)} <span class="${tone}">${state}</span> ${took(report.wallMs)}</h1>
<p class="dim">${about.map(escapeHtml).join(' · ')}</p>
</header>`;
}

function section(title: string, body: string): string {
  return `<section><h2>${title}</h2>${body}</section>`;
}

function timeline(report: RollOutReport): string {
  const onPath = new Set(report.criticalPath.map(({ lane }) => lane));
  const labels = rowsOf(report).map((row) => {
    if ('title' in row) return `<li class="group">${escapeHtml(row.title)}</li>`;
    const { id, title, fromMs, toMs } = row.lane;
    const marked = onPath.has(id) ? ' class="on-path"' : '';
    return `<li${marked}><span>${escapeHtml(title)}</span><span class="time">${took(toMs - fromMs)}</span></li>`;
  });
  return `<div class="timeline"><ul class="labels">${labels.join('\n')}</ul><div>${reportChart(report)}</div></div>`;
}
