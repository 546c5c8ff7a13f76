/** The style of the page: its own, light or dark as the reader's system is, and one that can be printed. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --text: #1b1f24; --dim: #5b6470; --page: #ffffff; --panel: #f6f7f9; --line: #d9dde3; --path: #1b1f24;
  --work: #2f6fd6; --on-work: #ffffff; --queue: #c98a00; --retry: #d9580f; --person: #b4267a; --control-plane: #2a8c82; --nodes: #8b95a3; --worker: #7a1c1c;
  --lost: #a8663a;
  --hand-over: #c3c9d1; --good: #1a7f37; --bad: #b42318;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6e9ee; --dim: #9aa4b2; --page: #14171c; --panel: #1c2027; --line: #333a45; --path: #f4f6f9;
    --work: #6aa3ff; --on-work: #10141a; --queue: #e3b341; --retry: #ff8a4c; --person: #f27ab5; --control-plane: #4fc3b5; --nodes: #7d8999; --worker: #ff6b6b;
    --lost: #d9a07a;
    --hand-over: #4a525f; --good: #56d364; --bad: #ff7b72;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem; background: var(--page); color: var(--text); font: 14px/1.5 system-ui, sans-serif; }
main { max-width: 1800px; margin: 0 auto; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; }
.dim, caption, th { color: var(--dim); }
.good { color: var(--good); } .bad { color: var(--bad); } .busy { color: var(--work); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem 1rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 500; white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.name { white-space: nowrap; }
td.message { overflow-wrap: break-word; min-width: 14rem; }
.sum { display: flex; height: 22px; margin: .5rem 0; border-radius: 3px; overflow: hidden; }
.sum span { min-width: 1px; border-right: 1px solid var(--page); overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
  color: var(--on-work); font-size: 11px; line-height: 22px; text-indent: .35rem; }
.swatch { display: inline-block; width: .7rem; height: .7rem; margin-right: .5rem; border-radius: 2px; }
:is(.sum span, .swatch).shade-1 { background-image: linear-gradient(#ffffff4d, #ffffff4d); }
:is(.sum span, .swatch).shade-2 { background-image: linear-gradient(#00000040, #00000040); }
:is(.sum span, .swatch).shade-3 { background-image: linear-gradient(#ffffff80, #ffffff80); }
.timeline { display: grid; grid-template-columns: max-content minmax(300px, 1fr); column-gap: .75rem; background: var(--panel);
  border-radius: 6px; padding: .75rem 1rem .75rem .75rem; overflow-x: auto; }
.labels { list-style: none; margin: 24px 0 0; padding: 0; }
.labels li { height: 22px; line-height: 22px; white-space: nowrap; display: flex; justify-content: space-between; gap: 1rem; font-size: 12.5px; }
.labels .group { color: var(--dim); font-weight: 600; }
.labels .on-path { font-weight: 600; }
.labels .time { color: var(--dim); font-variant-numeric: tabular-nums; font-weight: 400; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .5rem 0; padding: 0; font-size: 12.5px; }
.legend svg { vertical-align: -2px; }
svg { display: block; }
.timeline svg.chart { overflow: visible; }
.timeline rect { stroke: var(--panel); stroke-width: .75; }
.bar-label { fill: var(--on-work); font-size: 10px; pointer-events: none; }
.legend svg { display: inline; }
.grid { stroke: var(--line); stroke-width: 1; }
.axis { fill: var(--dim); font-size: 11px; }
.path { stroke: var(--path); stroke-width: 2; }
.k-work { fill: var(--work); background: var(--work); }
.k-queue { fill: var(--queue); background: var(--queue); }
.k-retry { fill: var(--retry); background: var(--retry); }
.k-person { fill: var(--person); background: var(--person); }
.k-control-plane { fill: var(--control-plane); background: var(--control-plane); }
.k-nodes { fill: var(--nodes); background: var(--nodes); }
.k-worker { fill: var(--worker); background: var(--worker); }
.k-lost { fill: var(--lost); background: var(--lost); }
.k-hand-over { fill: var(--hand-over); background: var(--hand-over); }
rect.failed { fill: var(--bad); }
@media print { body { padding: 0; } .timeline, tr { break-inside: avoid; } }
`;
