import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { LineCounter, parseAllDocuments } from 'yaml';
import { isKubernetesObject } from '../../model/kubernetes/is-kubernetes-object.js';
import { isRecord } from '../../model/is-record.js';
import { listAt, textAt, valueAt } from '../../model/json-value.js';
import { type KubernetesObject, objectTitle, apiGroupOf } from '../../model/kubernetes/kubernetes-object.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { UnitSpec } from '../../model/spec/spec.js';
import { referenceOf } from '../../model/kubernetes/kubernetes-object.js';
import { clusterScopedKinds } from './cluster-scoped-kinds.js';
import type { Manifests } from './manifests.js';

interface Manifest {
  /** Start of the document: `examples/units/redis/service.yaml:12`. */
  readonly place: string;
  readonly object: KubernetesObject;
}

interface Reading {
  readonly manifests: Manifest[];
  readonly problems: string[];
}

/**
 * Renders the manifests of a folder: every `*.yaml` and `*.yml` in it and below, in the order of their names. A file
 * may hold several documents.
 */
export function createFolderManifests(): Manifests {
  return {
    async render(unit, baseFolder) {
      const folder = resolve(baseFolder, unit.manifests);
      const reading: Reading = { manifests: [], problems: [] };
      for (const file of await manifestFiles(unit, folder)) {
        readDocuments({ text: await readFile(join(folder, file), 'utf8'), file: join(unit.manifests, file) }, reading);
      }
      const { manifests, problems } = reading;
      if (manifests.length === 0 && problems.length === 0)
        problems.push(`${unit.manifests}: expected objects, found none`);
      problems.push(...repeated(manifests));
      if (problems.length > 0) {
        throw new RolloutError('SpecInvalid', problems.map((problem) => `unit ${unit.name}: ${problem}`).join('\n'));
      }
      const ownKinds = clusterScopedDefinitions(manifests);
      return manifests.map(({ object }) => inNamespace(object, { namespace: unit.namespace, ownKinds }));
    },
  };
}

async function manifestFiles(unit: UnitSpec, folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .sort();
  } catch (error) {
    throw new RolloutError(
      'SpecInvalid',
      `unit ${unit.name}: ${unit.manifests}: expected a folder of manifests, found none`,
      {
        cause: error,
      },
    );
  }
}

function readDocuments({ text, file }: { readonly text: string; readonly file: string }, reading: Reading): void {
  const lines = new LineCounter();
  for (const document of parseAllDocuments(text, { lineCounter: lines })) {
    const at = (offset: number): string => {
      const { line, col } = lines.linePos(offset);
      return `${file}:${line}:${col}`;
    };
    for (const error of document.errors) {
      reading.problems.push(`${at(error.pos[0])}: not YAML: ${error.message.split('\n')[0] ?? ''}`);
    }
    if (document.errors.length > 0) continue;
    const value: unknown = document.toJS();
    if (value === null) continue;
    readObject(value, at(document.contents?.range[0] ?? 0), reading);
  }
}

function readObject(value: unknown, place: string, reading: Reading): void {
  if (isList(value)) {
    for (const item of listAt(value, 'items')) readObject(item, place, reading);
    return;
  }
  if (isKubernetesObject(value)) {
    reading.manifests.push({ place, object: value });
    return;
  }
  reading.problems.push(`${place}: expected a Kubernetes object, found ${lackOf(value)}`);
}

/**
 * Whether an object is a list, as `kubectl get -o yaml` prints it. A custom resource whose kind ends in List has a
 * name.
 */
function isList(value: unknown): boolean {
  const isNamed = textAt(value, 'metadata', 'name') !== undefined;
  return !isNamed && textAt(value, 'kind')?.endsWith('List') === true && Array.isArray(valueAt(value, 'items'));
}

function lackOf(value: unknown): string {
  if (!isRecord(value)) return Array.isArray(value) ? 'a list' : `the ${typeof value} ${JSON.stringify(value)}`;
  if (valueAt(value, 'metadata', 'generateName') !== undefined)
    return 'generateName; an object needs a name to be applied';
  const missing = [['apiVersion'], ['kind'], ['metadata', 'name']].filter(
    (path) => textAt(value, ...path) === undefined,
  );
  return `no ${missing.map((path) => path.join('.')).join(', no ')}`;
}

function repeated(manifests: readonly Manifest[]): readonly string[] {
  const places = new Map<string, string>();
  return manifests.flatMap(({ place, object }) => {
    const title = `${object.apiVersion} ${objectTitle(referenceOf(object))}`;
    const earlier = places.get(title);
    places.set(title, earlier ?? place);
    return earlier === undefined ? [] : [`${place}: ${earlier} already has ${title}`];
  });
}

/** Cluster-scoped kinds that the unit defines itself, as `group/Kind`. */
function clusterScopedDefinitions(manifests: readonly Manifest[]): readonly string[] {
  return manifests
    .filter(({ object }) => object.kind === 'CustomResourceDefinition' && textAt(object, 'spec', 'scope') === 'Cluster')
    .map(({ object }) => `${textAt(object, 'spec', 'group') ?? ''}/${textAt(object, 'spec', 'names', 'kind') ?? ''}`);
}

function inNamespace(
  object: KubernetesObject,
  { namespace, ownKinds }: { readonly namespace: string; readonly ownKinds: readonly string[] },
): KubernetesObject {
  if (object.metadata.namespace !== undefined) return object;
  const kind = `${apiGroupOf(object.apiVersion)}/${object.kind}`;
  if (clusterScopedKinds.includes(kind) || ownKinds.includes(kind)) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}
