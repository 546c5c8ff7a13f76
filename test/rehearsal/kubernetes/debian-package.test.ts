import { describe, expect, it } from 'vitest';
import { controlFile } from '../../../rehearsal/kubernetes/debian-package.js';
import { kubernetesPackages } from '../../../rehearsal/kubernetes/kubernetes-packages.js';
import { kubernetesVersions } from '../../../rehearsal/kubernetes/kubernetes-versions.js';

const packages = kubernetesPackages(kubernetesVersions, '/store/bin');
const named = (name: string) => packages.find((entry) => entry.name === name);

describe('kubernetesPackages', () => {
  it('has versions as pkgs.k8s.io has them', () => {
    expect(packages.map((entry) => `${entry.name}=${entry.version}`)).toEqual([
      'kubelet=1.36.3-1.1',
      'kubeadm=1.36.3-1.1',
      'kubectl=1.36.3-1.1',
      'kubernetes-cni=1.9.1-1.1',
    ]);
  });

  it('links each program into the shared store', () => {
    expect(named('kubelet')?.links).toEqual({ '/usr/bin/kubelet': '/store/bin/kubelet' });
    expect(named('kubernetes-cni')?.links).toHaveProperty(['/opt/cni/bin/bridge'], '/store/bin/cni/bridge');
  });
});

describe('controlFile', () => {
  it('says that programs are shared, and leaves out an empty dependency', () => {
    const [kubelet, kubectl] = [named('kubelet'), named('kubectl')];

    expect(kubelet && controlFile(kubelet)).toMatch(/^Depends: conntrack, .*kubernetes-cni \(>= 1\.2\.0\)/m);
    expect(kubectl && controlFile(kubectl)).not.toContain('Depends');
    expect(kubectl && controlFile(kubectl)).toMatch(/^Description: .*\n The programs of this package are links/m);
  });
});
