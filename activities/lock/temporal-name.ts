import { Context } from '@temporalio/activity';
import type { TemporalName, TemporalPlace } from '../../model/facts/world-lock.js';

/** The Temporal that the running activity belongs to, asked of its server. */
export async function temporalName({ ownServer }: TemporalPlace): Promise<TemporalName> {
  const { client } = Context.current();
  const { namespace } = client.options;
  const { namespaceInfo } = await client.workflowService.describeNamespace({ namespace });
  return {
    namespaceId: namespaceInfo?.id ?? '',
    ...(ownServer === undefined ? {} : { ownServer: `${ownServer}/${namespace}` }),
  };
}
