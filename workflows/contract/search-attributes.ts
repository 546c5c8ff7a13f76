import { defineSearchAttributeKey } from '@temporalio/common';

/** Search attributes that are set where the server knows them, with the type that they are registered with. */
export const searchAttributes = {
  GroundswellCluster: 'KEYWORD',
  GroundswellStage: 'KEYWORD',
  GroundswellParkedSteps: 'KEYWORD_LIST',
  GroundswellGitSha: 'KEYWORD',
  GroundswellDrift: 'KEYWORD',
} as const;

/** What is made findable in Temporal. */
export type SearchAttributes = {
  readonly [Name in keyof typeof searchAttributes]?: (typeof searchAttributes)[Name] extends 'KEYWORD_LIST'
    ? readonly string[]
    : string;
};

const parkedSteps = 'GroundswellParkedSteps' satisfies keyof typeof searchAttributes;
/** Steps of a run that wait for a person: for reading them. */
export const parkedStepsKey = defineSearchAttributeKey(parkedSteps, searchAttributes[parkedSteps]);
