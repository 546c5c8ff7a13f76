/** The versions of a rehearsal's Kubernetes. They go together: `kubeadm config images list` of 1.36.3 asks for these. */
export interface KubernetesVersions {
  readonly kubernetes: string;
  readonly etcd: string;
  readonly coredns: string;
  readonly flannel: string;
  /** Tag of the image with flannel's CNI plugin, as flannel's own manifest names it. */
  readonly flannelCniPlugin: string;
  readonly cniPlugins: string;
  readonly pause: string;
}

/** The versions to build or download. The go.mod files of `modules/` must name the same; a test checks it. */
export const kubernetesVersions: KubernetesVersions = {
  kubernetes: '1.36.3',
  etcd: '3.6.8',
  coredns: '1.14.2',
  flannel: '0.28.10',
  flannelCniPlugin: '1.9.1-flannel3',
  cniPlugins: '1.9.1',
  pause: '3.10.2',
};

/** Revision that is added to versions of our Debian packages, as pkgs.k8s.io does. */
export const packageRevision = '1.1';

/** Raise this when images, packages or the image store are made in another way: every store is then made anew. */
export const recipeVersion = 1;
