import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';

/** What is made findable in Temporal. */
export interface SearchAttributes {
  readonly GroundswellCluster?: string;
  readonly GroundswellStage?: string;
  readonly GroundswellParkedSteps?: readonly string[];
  readonly GroundswellGitSha?: string;
}

/** Values of a list attribute are capped: the server refuses long ones. */
const longestList = 20;

/**
 * Sets the search attributes that the server knows, and leaves out the others: an upsert of an unregistered name would
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
    if (typeof value === 'string') pairs.push({ key: defineSearchAttributeKey(name, 'KEYWORD'), value });
    else pairs.push({ key: defineSearchAttributeKey(name, 'KEYWORD_LIST'), value: [...value.slice(0, longestList)] });
  }
  return pairs;
}

function entriesOf(
  attributes: SearchAttributes,
): readonly (readonly [string, string | readonly string[] | undefined])[] {
  return Object.entries(attributes);
}
