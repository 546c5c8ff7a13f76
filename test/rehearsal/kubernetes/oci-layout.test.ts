import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ociLayout } from '../../../rehearsal/kubernetes/oci-layout.js';

const layer = { digest: `sha256:${'1'.repeat(64)}`, sizeBytes: 10 };
const tools = { digest: `sha256:${'2'.repeat(64)}`, sizeBytes: 20 };
const images = [
  { name: 'registry.k8s.io/kube-proxy:v1.36.3', layers: [layer, tools], entrypoint: ['/usr/local/bin/kube-proxy'] },
  { name: 'groundswell.dev/stand-in:1', layers: [layer], entrypoint: ['/stand-in'] },
];
const descriptor = z.object({ digest: z.string(), size: z.number() });
const index = z.object({ manifests: z.array(descriptor.extend({ annotations: z.record(z.string(), z.string()) })) });
const manifest = z.object({ config: descriptor, layers: z.array(descriptor) });
const config = z.object({
  config: z.object({ Entrypoint: z.array(z.string()) }),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
});

describe('ociLayout', () => {
  it('leads from the index by digest to manifest, config and layers', () => {
    const layout = ociLayout(images);

    const blob = (digest: string): unknown => {
      const content = layout.blobs.find((found) => found.digest === digest)?.content ?? '';
      expect(`sha256:${createHash('sha256').update(content).digest('hex')}`).toBe(digest);
      return JSON.parse(content);
    };
    const entries = index.parse(JSON.parse(layout.index)).manifests;
    const manifests = entries.map((entry) => manifest.parse(blob(entry.digest)));
    const configs = manifests.map((found) => config.parse(blob(found.config.digest)));
    expect(entries.map((entry) => entry.annotations['io.containerd.image.name'])).toEqual(
      images.map(({ name }) => name),
    );
    expect(manifests[0]?.layers).toMatchObject([
      { digest: layer.digest, size: 10 },
      { digest: tools.digest, size: 20 },
    ]);
    expect(configs[0]?.rootfs.diff_ids).toEqual([layer.digest, tools.digest]);
    expect(configs[1]?.config.Entrypoint).toEqual(['/stand-in']);
  });

  it('keeps a blob that two images share once', () => {
    const twin = { name: 'groundswell.dev/other:1', layers: [layer], entrypoint: ['/stand-in'] };

    const { blobs } = ociLayout([...images, twin]);

    expect(blobs).toHaveLength(4);
  });
});
