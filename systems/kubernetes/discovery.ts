import { listAt, textAt, valueAt } from '../../model/json-value.js';
import type { CallOptions } from '../calls.js';

/** The place of the objects of a kind in the API. */
export interface ApiResource {
  /** `/api/v1` or `/apis/<group>/<version>`. */
  readonly base: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface KindReference {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Finds the resource of a kind; `undefined` when the API server does not have it. */
export type Discovery = (kind: KindReference, options?: CallOptions) => Promise<ApiResource | undefined>;

/**
 * Creates a discovery with a memory. It never asks again for a known kind, and always asks again for an unknown one: a
 * new CustomResourceDefinition may define it. `read` returns the JSON of a path, or `undefined` for 404.
 */
export function createDiscovery(read: (path: string, options?: CallOptions) => Promise<unknown>): Discovery {
  const known = new Map<string, ApiResource>();
  return async (reference, options) => {
    const key = `${reference.apiVersion} ${reference.kind}`;
    const hit = known.get(key);
    if (hit !== undefined) return hit;
    const base = reference.apiVersion.includes('/') ? `/apis/${reference.apiVersion}` : `/api/${reference.apiVersion}`;
    for (const resource of listAt(await read(base, options), 'resources')) {
      const plural = textAt(resource, 'name');
      const kind = textAt(resource, 'kind');
      if (plural === undefined || kind === undefined || plural.includes('/')) continue;
      const namespaced = valueAt(resource, 'namespaced') === true;
      known.set(`${reference.apiVersion} ${kind}`, { base, plural, namespaced });
    }
    return known.get(key);
  };
}
