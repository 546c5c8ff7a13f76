import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { listAt, textsAt, valueAt } from '../../../model/json/json-value.js';
import { parseSpec } from '../../../model/spec/parse-spec.js';
import { createFolderManifests } from '../../../systems/manifests/folder-manifests.js';

const parsed = parseSpec(await readFile('cluster.yaml', 'utf8'), 'cluster.yaml');
if (!parsed.ok) throw new Error('cluster.yaml is not valid');
const { units, nodes } = parsed.spec;
const manifests = createFolderManifests();

describe('the units of cluster.yaml', () => {
  it.each(units.map((unit) => [unit.name, unit] as const))(
    '%s runs on nodes that exist and tolerates their taints',
    async (_name, unit) => {
      const objects = await manifests.render(unit, '.');

      expect(objects.length).toBeGreaterThan(0);
      for (const object of objects.filter(({ kind }) => kind === 'Deployment')) {
        const selector = Object.entries(textsAt(object, 'spec', 'template', 'spec', 'nodeSelector'));
        const matching = nodes.filter((node) => selector.every(([key, value]) => node.labels[key] === value));
        expect(matching, `nodes of ${object.metadata.name}`).toHaveLength(1);
        const tolerated = listAt(object, 'spec', 'template', 'spec', 'tolerations').map((item) => valueAt(item, 'key'));
        expect(matching[0]?.taints.filter(({ key }) => !tolerated.includes(key))).toEqual([]);
      }
    },
  );

  it('own no object twice', async () => {
    const rendered = await Promise.all(units.map((unit) => manifests.render(unit, '.')));
    const titles = rendered.flat().map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);

    expect(new Set(titles).size).toBe(titles.length);
  });
});
