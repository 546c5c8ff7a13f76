/** Shorter values would blot out ordinary words. */
const shortestValue = 4;
/** So many characters in a row of a value are a piece of it, and no word that both have in common. */
const pieceLength = 12;

/**
 * Masks secret values in a foreign text with `***`. It finds each value as it is, in JSON form, and with its white
 * space as one blank. `undefined` when pieces of a value are still in it, as after a cut.
 */
export function maskValues(text: string, values: readonly string[]): string | undefined {
  const whole = values.map((value) => value.trim()).filter((value) => value.length >= shortestValue);
  const forms = whole.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), inOneLine(value)]);
  let masked = text;
  for (const form of [...new Set(forms)].sort((a, b) => b.length - a.length)) masked = masked.replaceAll(form, '***');
  return forms.some((form) => hasPieceOf(masked, form)) ? undefined : masked;
}

function inOneLine(value: string): string {
  return value.replaceAll(/\s+/g, ' ');
}

function hasPieceOf(text: string, value: string): boolean {
  for (let at = 0; at + pieceLength <= text.length; at += 1) {
    if (value.includes(text.slice(at, at + pieceLength))) return true;
  }
  return false;
}
