import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFolderManifests } from '../../../systems/manifests/folder-manifests.js';

const unit = { name: 'redis', wave: 0, namespace: 'data', manifests: 'redis' };
let folder = '';

async function given(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

function render(): Promise<readonly string[]> {
  return createFolderManifests()
    .render(unit, folder)
    .then((objects) => objects.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name].join(' ')));
}

describe('createFolderManifests', () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'manifests-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads every YAML file and document, in the order of names, and fills the namespace in where there is one', async () => {
    await given({
      'redis/b.yml':
        'apiVersion: v1\nkind: Service\nmetadata: { name: s }\n---\n# nothing\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: c, namespace: kube-system }\n',
      'redis/a.yaml': 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: r }\n',
      'redis/more/c.yaml':
        'apiVersion: v1\nkind: ConfigMapList\nitems:\n- { apiVersion: v1, kind: ConfigMap, metadata: { name: i } }\n',
      'redis/README.md': 'not a manifest',
    });

    expect(await render()).toEqual(['ClusterRole  r', 'Service data s', 'ConfigMap kube-system c', 'ConfigMap data i']);
  });

  it('leaves objects of a cluster-scoped kind that the unit defines without a namespace', async () => {
    await given({
      'redis/a.yaml':
        'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: w.x.io }\nspec: { group: x.io, scope: Cluster, names: { kind: W } }\n---\napiVersion: x.io/v1\nkind: W\nmetadata: { name: w }\n',
    });

    expect(await render()).toEqual(['CustomResourceDefinition  w.x.io', 'W  w']);
  });

  it('names every problem with its place', async () => {
    await given({
      'redis/a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: s }\n---\nkind: Service\n',
      'redis/b.yaml': 'a: [1\n',
      'redis/c.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: s }\n',
      'redis/d.yaml': 'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: j- }\n',
    });

    const problem = await render().catch(String);

    expect(problem).toContain(
      'unit redis: redis/a.yaml:5:1: expected a Kubernetes object, found no apiVersion, no metadata.name',
    );
    expect(problem).toMatch(/unit redis: redis\/b\.yaml:\d+:\d+: not YAML: /);
    expect(problem).toContain('unit redis: redis/c.yaml:1:1: redis/a.yaml:1:1 already has v1 Service s');
    expect(problem).toContain('redis/d.yaml:1:1: expected a Kubernetes object, found generateName');
  });

  it('refuses a folder that is missing or empty: an empty unit would be green at once', async () => {
    await expect(render()).rejects.toThrow('unit redis: redis: expected a folder of manifests, found none');

    await given({ 'redis/empty.yaml': '# nothing\n' });

    await expect(render()).rejects.toThrow('unit redis: redis: expected objects, found none');
  });
});
