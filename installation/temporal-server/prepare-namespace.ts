import { isGrpcServiceError, type Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { RolloutError } from '../../model/rollout-error.js';
import { waitUntil, type Look } from '../../systems/wait-until.js';

const { IndexedValueType } = proto.temporal.api.enums.v1;

const valueTypes = {
  TEXT: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  DOUBLE: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  KEYWORD_LIST: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
} as const;

/** gRPC's NOT_FOUND. */
const notFound = 5;

/** Search attributes by name, with the type as the SDK spells it (`searchAttributes` of `workflows/contract/`). */
export type SearchAttributeTypes = Readonly<Record<string, keyof typeof valueTypes>>;

export interface NamespaceSettings {
  readonly namespace: string;
  readonly searchAttributes: SearchAttributeTypes;
  /** How long the server keeps the history of an ended workflow. */
  readonly retentionDays: number;
}

/**
 * Prepares a namespace. Makes it if a server that was started for another namespace lacks it, registers missing search
 * attributes, and sets the retention. Waits until all of it is visible.
 *
 * It does not use `--search-attribute`: a development server accepts that option only with a new namespace. With the
 * database of an earlier start, it silently leaves out new names (observed with CLI 1.9.1). Its own retention is one
 * day.
 *
 * Fails with `TimedOut` when the namespace or a registered name is not visible after `timeoutMs`.
 */
export async function prepareNamespace(
  connection: Connection,
  settings: NamespaceSettings,
  timeoutMs: number,
): Promise<void> {
  await setRetention(connection, settings, timeoutMs);
  const missing = await missingNames(connection, settings);
  if (missing.length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace: settings.namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, valueTypes[type]])),
  });
  const look = async (): Promise<Look<true>> => {
    const unseen = await missingNames(connection, settings);
    return unseen.length === 0 ? { done: true } : { waitsFor: unseen.map(([name]) => name).join(', ') };
  };
  const outcome = await waitUntil(look, { everyMs: 100, deadlineMs: timeoutMs });
  if ('done' in outcome) return;
  const found = `search attributes not visible: ${outcome.waitsFor}`;
  throw new RolloutError('TimedOut', `namespace ${settings.namespace}: ${found}`);
}

async function setRetention(
  connection: Connection,
  { namespace, retentionDays }: NamespaceSettings,
  deadlineMs: number,
): Promise<void> {
  const seconds = retentionDays * 24 * 3600;
  const retention = proto.google.protobuf.Duration.fromObject({ seconds });
  const config = await configOf(connection, namespace);
  if (config === undefined) {
    const workflowExecutionRetentionPeriod = retention;
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    await untilSeen(connection, namespace, deadlineMs);
    return;
  }
  if (Number(config.workflowExecutionRetentionTtl?.seconds ?? 0) === seconds) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: retention },
  });
}

/** Reads the settings of a namespace; `undefined` when the server has no such namespace. */
async function configOf(connection: Connection, namespace: string) {
  try {
    return (await connection.workflowService.describeNamespace({ namespace })).config ?? {};
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Waits until the whole server sees a new namespace, which takes a while. */
async function untilSeen(connection: Connection, namespace: string, deadlineMs: number): Promise<void> {
  const query = { namespace, pageSize: 1 };
  const look = async (): Promise<Look<true>> => {
    try {
      await connection.operatorService.listSearchAttributes({ namespace });
      await connection.workflowService.listWorkflowExecutions(query);
      return { done: true };
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return { waitsFor: 'the server to show it' };
    }
  };
  if ('done' in (await waitUntil(look, { everyMs: 100, deadlineMs }))) return;
  throw new RolloutError('TimedOut', `namespace ${namespace}: made, but the server does not show it`);
}

function isNotFound(error: unknown): boolean {
  return isGrpcServiceError(error) && [notFound].includes(error.code);
}

async function missingNames(connection: Connection, { namespace, searchAttributes }: NamespaceSettings) {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return Object.entries(searchAttributes).filter(([name]) => customAttributes[name] === undefined);
}
