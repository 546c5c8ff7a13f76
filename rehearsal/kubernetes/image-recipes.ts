import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeLayer, type Blob, type LayerEntry, type LayerFiles } from './image-layer.js';
import type { KubernetesVersions } from './kubernetes-versions.js';
import type { ImageRecipe } from './oci-layout.js';
import { rootfsPrograms } from './rootfs-programs.js';

/**
 * Names under which the stand-in application is in the images. It answers `/` and `/healthz` on every port of `$PORT`
 * (one, or several with commas between; default 8080) with its host name and `$NODE`.
 */
export const standInImages: readonly string[] = ['groundswell.dev/stand-in:1'];

export interface ImageRecipesInput {
  readonly binDir: string;
  readonly rootfs: string;
  readonly blobsDir: string;
  readonly versions: KubernetesVersions;
}

/** Files that a program expects even without a distribution around it. */
const basics: LayerFiles = {
  '/tmp': { kind: 'folder', mode: 0o1777 },
  '/etc/passwd': {
    kind: 'text',
    text: 'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n',
  },
  '/etc/group': { kind: 'text', text: 'root:x:0:\nnogroup:x:65534:\n' },
  '/etc/nsswitch.conf': { kind: 'text', text: 'hosts: files dns\n' },
};

const controlPlanePrograms = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** Writes the layers of all images into `blobsDir` and says which image has which. Names are those that kubeadm and flannel ask for. */
export async function imageRecipes(input: ImageRecipesInput): Promise<readonly ImageRecipe[]> {
  const { versions } = input;
  const program = (name: string, to: string): LayerFiles => ({ ...basics, [to]: bin(input, name) });
  const layer = (files: LayerFiles): Promise<Blob> => writeLayer(files, input.blobsDir);

  const tools = await layer({ ...basics, ...(await rootfsPrograms(input.rootfs)) });
  const flannel = await layer({
    '/opt/bin/flanneld': bin(input, 'flanneld'),
    '/opt/bin/install-conf': bin(input, 'install-conf'),
  });
  const flannelCni = await layer({ '/flannel': bin(input, 'cni/flannel') });
  const standIn = await layer(program('stand-in', '/stand-in'));
  const images: ImageRecipe[] = [
    {
      name: `registry.k8s.io/etcd:${versions.etcd}-0`,
      layers: [await layer(program('etcd', '/usr/local/bin/etcd'))],
      entrypoint: ['/usr/local/bin/etcd'],
    },
    {
      name: `registry.k8s.io/coredns/coredns:v${versions.coredns}`,
      layers: [await layer(program('coredns', '/coredns'))],
      entrypoint: ['/coredns'],
    },
    {
      name: `registry.k8s.io/pause:${versions.pause}`,
      layers: [await layer({ '/pause': bin(input, 'pause') })],
      entrypoint: ['/pause'],
    },
    {
      name: `ghcr.io/flannel-io/flannel:v${versions.flannel}`,
      layers: [tools, flannel],
      entrypoint: ['/opt/bin/flanneld'],
    },
    {
      name: `ghcr.io/flannel-io/flannel-cni-plugin:v${versions.flannelCniPlugin}`,
      layers: [tools, flannelCni],
      entrypoint: [],
    },
    ...standInImages.map((name) => ({ name, layers: [standIn], entrypoint: ['/stand-in'] })),
  ];
  return [...(await kubeImages(input, tools)), ...images];
}

/** The four images of Kubernetes itself; with the one binary `kube` they share one layer. */
async function kubeImages(input: ImageRecipesInput, tools: Blob): Promise<readonly ImageRecipe[]> {
  const names = [...controlPlanePrograms, 'kube-proxy'];
  const shared = await kubeLayer(input, names);
  const images: ImageRecipe[] = [];
  for (const name of names) {
    const own =
      shared ?? (await writeLayer({ ...basics, [`/usr/local/bin/${name}`]: bin(input, name) }, input.blobsDir));
    images.push({
      name: `registry.k8s.io/${name}:v${input.versions.kubernetes}`,
      layers: name === 'kube-proxy' ? [own, tools] : [own],
      entrypoint: [`/usr/local/bin/${name}`],
    });
  }
  return images;
}

async function kubeLayer(input: ImageRecipesInput, names: readonly string[]): Promise<Blob | undefined> {
  const oneBinary = await lstat(join(input.binDir, 'kube')).then(
    () => true,
    () => false,
  );
  if (!oneBinary) return undefined;
  const links = names.map((name): [string, LayerEntry] => [`/usr/local/bin/${name}`, { kind: 'link', to: 'kube' }]);
  return writeLayer(
    { ...basics, '/usr/local/bin/kube': bin(input, 'kube'), ...Object.fromEntries(links) },
    input.blobsDir,
  );
}

function bin(input: ImageRecipesInput, name: string): LayerEntry {
  return { kind: 'file', from: join(input.binDir, name) };
}
