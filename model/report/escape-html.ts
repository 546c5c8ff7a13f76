const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in an element or in a quoted attribute of HTML or SVG. Control characters become blanks. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f\u007f]/g, ' ')
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
