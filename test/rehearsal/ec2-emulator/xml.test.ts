import { describe, expect, it } from 'vitest';
import {
  changeElements,
  childOf,
  elementsWhere,
  parseXml,
  textOf,
  withChildren,
  writeXml,
  xmlElement,
} from '../../../rehearsal/ec2-emulator/xml.js';

const text = '<a xmlns="http://example.com/x"><b><c>1 &amp; 2</c><d/></b><b><c>3</c></b></a>';

describe('parseXml', () => {
  it('gives back what writeXml writes, attributes and escapes as they were', () => {
    expect(writeXml(parseXml(`<?xml version="1.0"?>\n${text}\n`))).toBe(text.replace('<d/>', '<d></d>'));
  });

  it('finds elements by name and by what they hold', () => {
    const document = parseXml(text);

    expect(textOf(childOf(document, 'b'), 'c')).toBe('1 &amp; 2');
    expect(elementsWhere(document, (element) => textOf(element, 'c') === '3')).toHaveLength(1);
  });

  it.each(['<a><b></a></b>', '<a>', '', 'no element'])('refuses %s', (broken) => {
    expect(() => parseXml(broken)).toThrow(SyntaxError);
  });
});

describe('changeElements', () => {
  it('replaces and leaves out, the inner elements first', () => {
    const changed = changeElements(parseXml(text), (element) => {
      if (textOf(element, 'c') === '3') return undefined;
      return element.name === 'b' ? withChildren(element, [xmlElement('c', '<4>')]) : element;
    });

    expect(changed && writeXml(changed)).toBe('<a xmlns="http://example.com/x"><b><d></d><c>&lt;4&gt;</c></b></a>');
  });
});
