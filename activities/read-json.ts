import type { Artifacts } from '../systems/artifacts/artifacts.js';

/**
 * What `putJson` of this same build stored under a reference. The reference is the digest of the content, so nobody else
 * can have written it. Fails with `ArtifactMissing` when it is not there.
 */
export async function readJson<Content>(artifacts: Artifacts, reference: string): Promise<Content> {
  return parse(await artifacts.get(reference));
}

/** Stores a value as JSON and returns its reference. */
export async function putJson(artifacts: Artifacts, content: unknown): Promise<string> {
  return artifacts.put(JSON.stringify(content));
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what lies under a reference
const parse: <Content>(text: string) => Content = JSON.parse;
