/** The word that was probably meant: the nearest one by edits, when it is near enough. */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { word: string; edits: number } | undefined;
  for (const candidate of words) {
    const edits = editsBetween(word.toLowerCase(), candidate.toLowerCase());
    if (edits <= limit && (best === undefined || edits < best.edits)) best = { word: candidate, edits };
  }
  return best?.word;
}

/** `one of a, b, c (did you mean b?)`: what could have been written instead of `word`. */
export function oneOf(words: readonly string[], word: string): string {
  const near = nearestWord(word, words);
  const list = words.length === 1 ? `${words[0]}` : `one of ${words.join(', ')}`;
  return near === undefined || words.length === 1 ? list : `${list} (did you mean ${near}?)`;
}

// Levenshtein's distance, one row at a time.
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
