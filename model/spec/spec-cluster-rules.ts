import { repeatedNames } from './repeated-names.js';
import type { SpecDraft, SpecRule } from './spec-draft.js';
import type { SpecViolation } from './spec-problem.js';
import { sourceOf } from './unit-source.js';

/** Rules about units and about the cluster as a whole. */
export const clusterRules: readonly SpecRule[] = [
  unitNamesAreUnique,
  unitsOwnTheirManifests,
  endpointIsAName,
  packagesFitTheVersion,
  packagesAreSigned,
];

function unitNamesAreUnique({ units }: SpecDraft): readonly SpecViolation[] {
  return repeatedNames(units);
}

/** The same folder in the same namespace gives the same objects, and an object has one owner. */
function unitsOwnTheirManifests({ units }: SpecDraft): readonly SpecViolation[] {
  const owners = new Map<string, string>();
  return units.flatMap(({ path, value: unit }) => {
    const { name, namespace } = unit;
    const { kind, place } = sourceOf(unit);
    const key = `${namespace} ${kind} ${place.replace(/^\.\/|\/+$/g, '')}`;
    const owner = owners.get(key);
    if (owner !== undefined) {
      const expected = `a folder of its own; unit ${owner} owns these objects in namespace ${namespace}`;
      return [{ path: [...path, kind], found: JSON.stringify(place), expected }];
    }
    owners.set(key, name);
    return [];
  });
}

/** Hosts find the endpoint in /etc/hosts, where an address or the name of one of them would not do. */
function endpointIsAName({ controlPlaneEndpoint: endpoint, nodes }: SpecDraft): readonly SpecViolation[] {
  if (endpoint === undefined) return [];
  const path = ['controlPlaneEndpoint'];
  if (/^[0-9.]+$/.test(endpoint)) {
    return [{ path, found: `the address ${endpoint}`, expected: 'a name such as api.example.internal' }];
  }
  if (/(^|\.)localhost$/.test(endpoint)) {
    return [{ path, found: endpoint, expected: 'a name of the cluster; every host has localhost for itself' }];
  }
  if (endpoint.split('.').some((label) => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(label))) {
    const expected = 'labels of 1 to 63 letters, digits and inner hyphens between the dots';
    return [{ path, found: endpoint, expected }];
  }
  if (!nodes.some(({ value }) => value.name === endpoint)) return [];
  return [{ path, found: `${endpoint}, the name of a node`, expected: 'a name that stays when the node is replaced' }];
}

/** pkgs.k8s.io has one repository for each minor version; the wrong one has no package of the wanted version. */
function packagesFitTheVersion({ kubernetes }: SpecDraft): readonly SpecViolation[] {
  if (kubernetes === undefined) return [];
  const minor = kubernetes.version.split('.').slice(0, 2).join('.');
  const offered = /\/v(1\.\d+)\//.exec(kubernetes.packages.repository)?.[1];
  if (offered === undefined || offered === minor) return [];
  return [
    {
      path: ['kubernetes', 'packages', 'repository'],
      found: `the packages of v${offered}`,
      expected: `those of v${minor}, as kubernetes.version is ${kubernetes.version}`,
    },
  ];
}

/** What these packages hold runs as root on every host; the pod network is applied by an administrator. */
function packagesAreSigned({ kubernetes }: SpecDraft): readonly SpecViolation[] {
  if (kubernetes === undefined) return [];
  const { repository, keyring, trusted } = kubernetes.packages;
  const path = ['kubernetes', 'packages'];
  const isPlain = (url: string): boolean => !url.startsWith('https://');
  const violations: SpecViolation[] = [];
  if (keyring === undefined && trusted !== true) {
    const expected = 'keyring: <address of the signing key>, or trusted: true for unsigned packages';
    violations.push({ path, found: 'no keyring', expected });
  }
  if (isPlain(repository) && trusted !== true) {
    violations.push({
      path: [...path, 'repository'],
      found: repository,
      expected: 'an https address, or trusted: true',
    });
  }
  if (keyring !== undefined && isPlain(keyring)) {
    violations.push({ path: [...path, 'keyring'], found: keyring, expected: 'an https address' });
  }
  const { cniManifest, cniManifestSha256 } = kubernetes;
  if (isPlain(cniManifest) && cniManifestSha256 === undefined && trusted !== true) {
    const expected = 'an https address, its cniManifestSha256, or packages.trusted: true';
    violations.push({ path: ['kubernetes', 'cniManifest'], found: cniManifest, expected });
  }
  return violations;
}
