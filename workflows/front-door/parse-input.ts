import { workflowNames } from '../../model/names/workflow-names.js';
import type {
  CheckDriftInput,
  PlanClusterInput,
  RollOutClusterInput,
  TearDownClusterInput,
} from '../contract/inputs.js';
import type { PlanReference, PlanWishes } from '../../model/plan/plan-skeleton.js';
import type { ReadArtifactInput } from '../../model/artifacts/artifact-part.js';
import { isRecord } from '../../model/json/is-record.js';
import { workflowFailure } from '../workflow-failure.js';

/** The allowed values of a field of an input, in words for people. */
interface Field {
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
}

const text: Field = { expected: 'a text', fits: (value) => typeof value === 'string' && value !== '' };
const yesOrNo: Field = { expected: 'true or false', fits: (value) => typeof value === 'boolean' };
const lockId: Field = {
  expected: 'the id of a lock, such as "lt-0123456789abcdef0"',
  fits: (value) => typeof value === 'string' && /^lt-[0-9a-f]+$/.test(value),
};
/** A year: what nobody approved by then, nobody remembers. */
const longestHours = 8_760;
const hours: Field = {
  expected: `a number above 0 and up to ${longestHours}`,
  fits: (value) => typeof value === 'number' && value > 0 && value <= longestHours,
};

const planFields = { spec: text, confirm: text, replace: text, down: yesOrNo } satisfies Record<
  keyof PlanClusterInput,
  Field
>;
const driftFields = { spec: text } satisfies Record<keyof CheckDriftInput, Field>;
const rollOutFields = {
  spec: text,
  approve: yesOrNo,
  confirm: text,
  replace: text,
  takeOver: lockId,
  verify: yesOrNo,
  by: text,
  gitSha: text,
  supersede: yesOrNo,
  approvalHours: hours,
} satisfies Record<keyof RollOutClusterInput, Field>;
const tearDownFields = {
  spec: text,
  confirm: text,
  digest: text,
  by: text,
  supersede: yesOrNo,
  takeOver: lockId,
} satisfies Record<keyof TearDownClusterInput, Field>;

const planReference: Field = {
  expected: 'cluster, digest and artifact of a plan',
  fits: (value) => isRecord(value) && referenceFields.every((name) => text.fits(value[name])),
};
const referenceFields = ['cluster', 'digest', 'artifact'] as const satisfies (keyof PlanReference)[];
const part: Field = {
  expected: 'a whole number from 0',
  fits: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
};
const readFields = {
  plan: planReference,
  log: text,
  growingLog: text,
  part,
} satisfies Record<keyof ReadArtifactInput, Field>;

/**
 * The input of `rollOutCluster`, as anybody may have typed it into a form. Nothing at all is like `{}`. Whatever else does
 * not fit ends the run with `InputInvalid` and one sentence that names every problem.
 */
export function parseRollOutInput(given: RollOutClusterInput | undefined): RollOutClusterInput {
  refuseUnfit(workflowNames.rollOutCluster, given, rollOutFields);
  return given ?? {};
}

/** The input of `tearDownCluster`, in the same way. */
export function parseTearDownInput(given: TearDownClusterInput | undefined): TearDownClusterInput {
  refuseUnfit(workflowNames.tearDownCluster, given, tearDownFields);
  return given ?? {};
}

/** What a person asked of a plan beside the spec; names that are typed twice count once. */
export function wishesOf({ confirm, replace }: Pick<RollOutClusterInput, 'confirm' | 'replace'>): PlanWishes {
  return {
    ...(replace === undefined ? {} : { replace: namesIn(replace) }),
    ...(confirm === undefined ? {} : { confirmed: namesIn(confirm) }),
  };
}

function namesIn(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}

/** The input of `planCluster`, in the same way. */
export function parsePlanInput(given: PlanClusterInput | undefined): PlanClusterInput {
  refuseUnfit(workflowNames.planCluster, given, planFields);
  return given ?? {};
}

/** The input of `checkDrift`, in the same way. */
export function parseDriftInput(given: CheckDriftInput | undefined): CheckDriftInput {
  refuseUnfit(workflowNames.checkDrift, given, driftFields);
  return given ?? {};
}

/** The input of `readArtifact`, in the same way; it has to say what is read. */
export function parseReadInput(given: ReadArtifactInput | undefined): ReadArtifactInput {
  refuseUnfit(workflowNames.readArtifact, given, readFields);
  const { plan, log, growingLog } = given ?? {};
  if (given !== undefined && [plan, log, growingLog].filter((one) => one !== undefined).length === 1) return given;
  throw refusal(workflowNames.readArtifact, ['expected exactly one of plan, log, growingLog']);
}

function refuseUnfit(workflow: string, given: unknown, fields: Readonly<Record<string, Field>>): void {
  if (given === undefined) return;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw refusal(workflow, [`expected an object such as {}, found ${shown(given)}`]);
  }
  const problems = Object.entries(given).flatMap(([name, value]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) return [`${shown(name)}: expected one of ${Object.keys(fields).join(', ')}`];
    return field.fits(value) ? [] : [`${name}: expected ${field.expected}, found ${shown(value)}`];
  });
  if (problems.length > 0) throw refusal(workflow, problems);
}

function refusal(workflow: string, problems: readonly string[]): Error {
  return workflowFailure('InputInvalid', `input of ${workflow}: ${problems.join('; ')}`);
}

/** JSON, but not a novel. */
function shown(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 80)}…` : json;
}
