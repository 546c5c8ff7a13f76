/** An element of an EC2 answer: EC2 has no mixed content, so an element holds either text or elements. */
export interface XmlElement {
  readonly name: string;
  /** As written, with a leading space; empty without any. */
  readonly attributes: string;
  readonly children: readonly XmlElement[];
  /** As written: still escaped. */
  readonly text: string;
}

/** Reads an answer of EC2. Fails with `SyntaxError` when the elements do not close as they open. */
export function parseXml(xml: string): XmlElement {
  const root: Draft = { name: '', attributes: '', children: [], text: '' };
  const open: Draft[] = [root];
  for (const [, closing, name, attributes, alone, text] of xml.matchAll(token)) {
    const top = open.at(-1);
    if (top === undefined) break;
    if (text !== undefined) top.text += text;
    else if (name === undefined) continue;
    else if (closing === '/') {
      if (open.pop()?.name !== name) throw new SyntaxError(`</${name}> closes an element that is not open`);
    } else {
      const element: Draft = { name, attributes: attributes ?? '', children: [], text: '' };
      top.children.push(element);
      if (alone !== '/') open.push(element);
    }
  }
  const [document] = root.children;
  if (open.length !== 1 || document === undefined) throw new SyntaxError('expected one whole XML element');
  return document;
}

interface Draft extends XmlElement {
  readonly children: Draft[];
  text: string;
}

/** Declaration, tag (closing, name, attributes, alone) or text between tags. */
const token = /<\?[^>]*\?>|<(\/?)([\w:.-]+)((?:\s[^>]*?)?)(\/?)>|([^<]+)/g;

/** Writes an element, without a declaration. */
export function writeXml({ name, attributes, children, text }: XmlElement): string {
  const content = children.length > 0 ? children.map(writeXml).join('') : text;
  return `<${name}${attributes}>${content}</${name}>`;
}

/** Makes an element of text or of elements. */
export function xmlElement(name: string, content: string | readonly XmlElement[]): XmlElement {
  return typeof content === 'string'
    ? { name, attributes: '', children: [], text: escaped(content) }
    : { name, attributes: '', children: content, text: '' };
}

/** The first child of that name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** Text of the first child of that name. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return childOf(element, name)?.text;
}

/** All elements below of which `matches` holds, the outer ones first. */
export function elementsWhere(element: XmlElement, matches: (element: XmlElement) => boolean): readonly XmlElement[] {
  return [
    ...(matches(element) ? [element] : []),
    ...element.children.flatMap((child) => elementsWhere(child, matches)),
  ];
}

/** The tree with every element replaced by what `change` makes of it, the inner ones first; `undefined` leaves it out. */
export function changeElements(
  element: XmlElement,
  change: (element: XmlElement) => XmlElement | undefined,
): XmlElement | undefined {
  return change({ ...element, children: element.children.flatMap((child) => changeElements(child, change) ?? []) });
}

/** The element with these children in the place of those of the same name; new ones come last. */
export function withChildren(element: XmlElement, replaced: readonly XmlElement[]): XmlElement {
  const names = new Set(replaced.map(({ name }) => name));
  return { ...element, children: [...element.children.filter(({ name }) => !names.has(name)), ...replaced] };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
