import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { SearchAttributes } from './contract/search-attributes.js';
import { byteLength, fitBytes } from '../model/show/fit-bytes.js';

/** In a list attribute. Who wants all of them asks for the status. */
const mostItems = 20;
/** In bytes, as JSON. The server refuses a value of more than 2,048, and with it the workflow task, again and again. */
const longestList = 2_000;
/** In bytes. A keyword is a column of 255 characters in the databases of the server. */
const longestKeyword = 255;

/**
 * Sets the search attributes that the server knows, and leaves out the others. An upsert of an unregistered name would
 * fail the workflow task for ever.
 */
export function setSearchAttributes(known: readonly string[], attributes: SearchAttributes): void {
  const pairs = searchAttributePairs(known, attributes);
  if (pairs.length > 0) upsertSearchAttributes(pairs);
}

/** The same as a list, for the start of a child. */
export function searchAttributePairs(known: readonly string[], attributes: SearchAttributes): SearchAttributePair[] {
  const pairs: SearchAttributePair[] = [];
  for (const [name, value] of entriesOf(attributes)) {
    if (value === undefined || !known.includes(name)) continue;
    if (typeof value === 'string')
      pairs.push({ key: defineSearchAttributeKey(name, 'KEYWORD'), value: keyword(value) });
    else pairs.push({ key: defineSearchAttributeKey(name, 'KEYWORD_LIST'), value: cappedList(value) });
  }
  return pairs;
}

function keyword(text: string): string {
  return fitBytes(text, longestKeyword);
}

function cappedList(items: readonly string[]): string[] {
  const capped = items.slice(0, mostItems).map(keyword);
  while (byteLength(JSON.stringify(capped)) > longestList) capped.pop();
  return capped;
}

function entriesOf(
  attributes: SearchAttributes,
): readonly (readonly [string, string | readonly string[] | undefined])[] {
  return Object.entries(attributes);
}
