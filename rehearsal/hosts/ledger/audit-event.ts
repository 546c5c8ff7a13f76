import { z } from 'zod';

/** One request that the API server has answered, as its audit log has it (audit.k8s.io/v1). Only what is used here. */
export const AuditEvent = z.object({
  auditID: z.string(),
  /** `Panic` is how the API server ends a request that took too long. */
  stage: z.enum(['ResponseComplete', 'Panic']),
  verb: z.string(),
  requestURI: z.string(),
  user: z.object({ username: z.string(), groups: z.array(z.string()).default([]) }),
  userAgent: z.string().default(''),
  objectRef: z.object({
    resource: z.string(),
    namespace: z.string().optional(),
    name: z.string().optional(),
    apiGroup: z.string().optional(),
    apiVersion: z.string().default('v1'),
    subresource: z.string().optional(),
  }),
  responseStatus: z.object({ code: z.number() }),
  /** Of writes that the policy logs with bodies. */
  requestObject: z.unknown().optional(),
  responseObject: z.unknown().optional(),
  requestReceivedTimestamp: z.string(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

/**
 * The event of a line; `undefined` for lines that are none (other stages, requests for no object). A power cut can
 * leave half a line, and the API server of the next boot continues the line. Then the whole event at the end counts.
 */
export function parseAuditLine(line: string): AuditEvent | undefined {
  const value = parsed(line) ?? parsed(line.slice(Math.max(0, line.lastIndexOf('{"kind":"Event"'))));
  return AuditEvent.safeParse(value).data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
