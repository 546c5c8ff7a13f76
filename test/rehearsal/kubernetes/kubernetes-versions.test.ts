import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { kubernetesVersions } from '../../../rehearsal/kubernetes/kubernetes-versions.js';

const required = async (module: string, path: string): Promise<string | undefined> => {
  const file = new URL(`../../../rehearsal/kubernetes/modules/${module}/go.mod`, import.meta.url);
  const line = new RegExp(`^\\s*(?:require )?${path} v(\\S+)`, 'm').exec(await readFile(file, 'utf8'));
  return line?.[1];
};

describe('kubernetesVersions', () => {
  it('are those of the modules', async () => {
    const found = {
      kubernetes: await required('kube', 'k8s.io/kubernetes'),
      etcd: await required('etcd', 'go.etcd.io/etcd/server/v3'),
      coredns: await required('coredns', 'github.com/coredns/coredns'),
      flannel: await required('flannel', 'github.com/flannel-io/flannel'),
      cniPlugins: await required('flannel', 'github.com/containernetworking/plugins'),
    };
    expect(kubernetesVersions).toMatchObject(found);
  });
});
