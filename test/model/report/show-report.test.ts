import { describe, expect, it } from 'vitest';
import { rollOutReport } from '../../../model/report/roll-out-report.js';
import { showReport } from '../../../model/report/show-report.js';
import { share, took } from '../../../model/report/time-words.js';
import { someFacts } from './some-facts.js';

const report = rollOutReport(someFacts());
const text = (columns: number): readonly string[] =>
  showReport(report, { columns }).map((line) => line.map((part) => part.text).join(''));

describe('showReport', () => {
  it('begins with how it ended and how long it took, then where the minutes went', () => {
    const [head, before, , title, first] = text(120);

    expect(head).toMatch(/^demo {2}done {2}2:00 {2}since 2026-11-25T12:00:00\.000Z {2}plan 0123456789ab$/);
    expect(before).toBe('before it 1:40: planning 8.0 s, approval by lee 55.0 s, another run held the lock 28.0 s');
    expect(title).toMatch(/^where the minutes went/);
    expect(first).toMatch(/^ {2}waiting for a person +21\.0 s +18 % +█+$/);
  });

  it('shows the path with reasons, nodes and units with their waits, answers, and tries that failed', () => {
    const all = text(200).join('\n');

    expect(all).toMatch(/59\.0 s +1\.0 s +node\/k8s-redis +between steps {2}← k8s-master answers/);
    expect(all).toMatch(/k8s-master +5\.0 s +1:05 +49\.0 s {2}for a slot 5\.0 s/);
    expect(all).toMatch(/0 {2}redis .* for nodes 1:40/);
    expect(all).toMatch(/1:15 +21\.0 s +node\/k8s-redis\/join {2}kim answered retry: started containerd/);
    expect(all).toMatch(/1:05 +node\/k8s-redis\/join {2}KubeadmFailed: k8s-redis: \[ERROR CRI\]/);
  });

  it('writes no line twice as wide because a message has several', () => {
    const tries = report.failedTries.map((tried) => ({ ...tried, message: 'one\ntwo' }));
    const lines = showReport({ ...report, failedTries: tries }, { columns: 120 });

    expect(
      lines
        .flat()
        .map((part) => part.text)
        .join(''),
    ).not.toContain('\n');
  });
});

describe('took', () => {
  it.each([
    [0, '0.0 s'],
    [449, '0.4 s'],
    [59_999, '59.9 s'],
    [60_000, '1:00'],
    [3_729_000, '1:02:09'],
  ])('writes %d ms as %s', (ms, written) => {
    expect(took(ms)).toBe(written);
  });
});

describe('share', () => {
  it('shows what is there as more than nothing', () => {
    expect([share(1, 1_000), share(0, 1_000), share(370, 1_000), share(0, 0)]).toEqual(['<1 %', '0 %', '37 %', '0 %']);
  });
});
