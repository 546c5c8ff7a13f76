import { groupOf } from './resolve-spec.js';
import type { NodeEntry, NodeGroup } from './spec.js';
import type { Placed, SpecDraft, SpecRule } from './spec-draft.js';
import type { SpecPath, SpecViolation } from './spec-problem.js';

/** Rules about machines: what AWS, kubeadm or the image would refuse after instances were bought. */
export const machineRules: readonly SpecRule[] = [controlPlaneHasRoom, typesFitTheImage, userCanBeMade];

/**
 * kubeadm's preflight wants 1,700 MB and 2 CPUs of a control plane. Sources: kubeadm constants `ControlPlaneMem` and
 * `ControlPlaneNumCPU`; the EC2 instance type tables for sizes with 1 vCPU.
 */
const tooSmall: readonly RegExp[] = [
  /\.(nano|micro)$/,
  /^t2\.small$/,
  /^(m1|m3|c1|c3)\.(small|medium)$/,
  /^(?!t4g\.)(a1|[a-z]+\d+g[a-z]*)\.medium$/,
];

function controlPlaneHasRoom({ nodes, groups }: SpecDraft): readonly SpecViolation[] {
  const byName = Object.fromEntries(groups.map(({ path, value }) => [String(path.at(-1)), value]));
  return nodes
    .filter(({ value }) => value.role === 'control-plane')
    .flatMap((node) => typesOf(node, byName))
    .filter(({ value }) => tooSmall.some((small) => small.test(value)))
    .map(({ path, value }) => ({
      path,
      found: `${value} for the control plane`,
      expected: 'a type with 1,700 MB and 2 vCPUs or more, such as t3.small, as kubeadm wants',
    }));
}

/** Own types, else those of the group, which have their place there. */
function typesOf(
  { path, value }: Placed<NodeEntry>,
  groups: Readonly<Record<string, NodeGroup>>,
): readonly Placed<string>[] {
  const at = (base: SpecPath, types: readonly string[] = []): readonly Placed<string>[] =>
    types.map((type, index) => ({ path: [...base, 'instanceTypes', index], value: type }));
  if (value.instanceTypes !== undefined) return at(path, value.instanceTypes);
  return at(['nodeGroups', value.group ?? ''], groupOf(value, groups)?.instanceTypes);
}

/** A name such as `…-amd64-server-*` says for which processor its image is; an id alone does not. */
function typesFitTheImage({ imageName, nodes, groups }: SpecDraft): readonly SpecViolation[] {
  const architecture = architectureOfImage(imageName ?? '');
  if (architecture === undefined) return [];
  return [...nodes, ...groups].flatMap(({ path, value }) =>
    (value.instanceTypes ?? []).flatMap((type, index) =>
      architectureOfType(type) === architecture
        ? []
        : [
            {
              path: [...path, 'instanceTypes', index],
              found: `${type}, which is ${architectureOfType(type)}`,
              expected: `a type for ${architecture}, as image.name says`,
            },
          ],
    ),
  );
}

type Architecture = 'amd64' | 'arm64';

function architectureOfImage(name: string): Architecture | undefined {
  if (/amd64|x86_64/.test(name)) return 'amd64';
  return /arm64|aarch64/.test(name) ? 'arm64' : undefined;
}

/** Graviton types have a g after their number: t4g, m7gd, c6gn. Source: EC2, "Instance type naming conventions". */
function architectureOfType(type: string): Architecture {
  return /^(a1|[a-z]+\d+g[a-z]*)\./.test(type) ? 'arm64' : 'amd64';
}

/** User-data makes this user and locks root out. Source of the form: useradd(8). */
function userCanBeMade({ access }: SpecDraft): readonly SpecViolation[] {
  if (access === undefined) return [];
  const path = ['access', 'user'];
  if (access.user === 'root') {
    return [{ path, found: 'root, who may not log in', expected: 'another name; the user gets sudo' }];
  }
  if (/^[a-z_][-a-z0-9_]{0,31}$/.test(access.user)) return [];
  return [
    {
      path,
      found: JSON.stringify(access.user),
      expected: 'a name of at most 32 lower-case letters, digits, - and _, a letter or _ first',
    },
  ];
}
