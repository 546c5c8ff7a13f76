import { chmod, copyFile, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { mustRun } from '../../systems/process.js';
import { goEnvironment, type GoToolchain } from './go-toolchain.js';
import type { KubernetesVersions } from './kubernetes-versions.js';
import { withProgress, type ProgressListener } from './progress.js';

/** A part of the store that is built from one Go module of `modules/`. */
export type ProgramPart = 'kube' | 'etcd' | 'coredns' | 'flannel' | 'small';

export interface BuildProgramsInput {
  readonly parts: readonly ProgramPart[];
  readonly modulesDir: string;
  /** Copies of the modules are made here, because flanneld's main file is made at build time. */
  readonly workDir: string;
  readonly binDir: string;
  readonly cacheDir: string;
  readonly go: GoToolchain;
  readonly versions: KubernetesVersions;
  readonly onProgress: ProgressListener;
}

/** The programs that the one binary `kube` is. */
export const kubePrograms = [
  'kubeadm',
  'kubectl',
  'kubelet',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-proxy',
  'kube-scheduler',
] as const;

/** The CNI plugins of a node, as `<kind>/<name>` of the module containernetworking/plugins. */
export const cniPlugins = ['main/bridge', 'main/loopback', 'ipam/host-local', 'meta/portmap'] as const;

/** Measured on 2 cores with nothing compiled before, modules downloaded. */
const expectations: Readonly<Record<ProgramPart, string>> = {
  kube: 'about 9 minutes on 2 cores',
  etcd: 'about 45 seconds',
  coredns: 'about 90 seconds',
  flannel: 'about 90 seconds',
  small: 'about 10 seconds',
};

/**
 * Builds programs from pinned Go modules into `binDir` (CNI plugins into `binDir/cni`): static, with checked go.sum.
 * Needs up to 2.5 GB of memory when `kube` is linked. Fails with `CommandFailed`, the compiler's words as details.
 */
export async function buildPrograms(input: BuildProgramsInput): Promise<void> {
  await mkdir(join(input.binDir, 'cni'), { recursive: true });
  await rm(input.workDir, { recursive: true, force: true });
  await cp(input.modulesDir, input.workDir, { recursive: true });
  for (const [index, part] of input.parts.entries()) {
    await withProgress({
      what: `building ${part}`,
      expectation: `${String(index + 1)} of ${String(input.parts.length)}, ${expectations[part]}`,
      onProgress: input.onProgress,
      work: () => builders[part](input),
    });
  }
  await rm(input.workDir, { recursive: true, force: true });
}

const builders: Readonly<Record<ProgramPart, (input: BuildProgramsInput) => Promise<void>>> = {
  kube: buildKube,
  etcd: buildEtcd,
  coredns: (input) => goBuild(input, { part: 'coredns', program: '.', to: 'coredns', tags: 'grpcnotrace' }),
  flannel: buildFlannel,
  small: buildSmall,
};

interface GoBuild {
  readonly part: ProgramPart;
  /** What to build: a package of the module, or one that it requires. */
  readonly program: string;
  /** Path below `binDir`. */
  readonly to: string;
  readonly tags?: string;
  /** Variables to set at link time. */
  readonly variables?: Readonly<Record<string, string>>;
}

async function goBuild(input: BuildProgramsInput, build: GoBuild): Promise<void> {
  const variables = Object.entries(build.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const target = join(input.binDir, build.to);
  const tags = build.tags === undefined ? [] : ['-tags', build.tags];
  await runGo(input, build.part, [
    'build',
    ...tags,
    '-ldflags',
    ['-s -w', ...variables].join(' '),
    '-o',
    target,
    build.program,
  ]);
  await chmod(target, 0o755);
}

/** `nice`, because a build takes minutes of all cores and the rest of the machine should stay usable. */
async function runGo(input: BuildProgramsInput, part: ProgramPart, args: readonly string[]): Promise<string> {
  return mustRun('nice', ['-n', '10', input.go.go, ...args], {
    cwd: join(input.workDir, part),
    env: goEnvironment({
      CGO_ENABLED: '0',
      GOTOOLCHAIN: 'local',
      GOWORK: 'off',
      GOFLAGS: '-trimpath -buildvcs=false -mod=readonly -modcacherw',
      GOCACHE: join(input.cacheDir, 'go-build'),
      GOMODCACHE: join(input.cacheDir, 'go-mod'),
    }),
  });
}

/** Without the version, kubeadm would ask for images of v0.0.0. Date and commit are fixed: the same input, the same binary. */
async function buildKube(input: BuildProgramsInput): Promise<void> {
  const version = input.versions.kubernetes;
  const prefix = 'k8s.io/component-base/version';
  await goBuild(input, {
    part: 'kube',
    program: '.',
    to: 'kube',
    tags: 'selinux,notest,grpcnotrace',
    variables: {
      [`${prefix}.gitVersion`]: `v${version}`,
      [`${prefix}.gitMajor`]: version.split('.')[0] ?? '',
      [`${prefix}.gitMinor`]: version.split('.')[1] ?? '',
      [`${prefix}.gitTreeState`]: 'clean',
      [`${prefix}.gitCommit`]: '0'.repeat(40),
      [`${prefix}.buildDate`]: '2026-01-01T00:00:00Z',
    },
  });
  for (const name of kubePrograms) await symlink('kube', join(input.binDir, name));
}

async function buildEtcd(input: BuildProgramsInput): Promise<void> {
  await goBuild(input, { part: 'etcd', program: 'go.etcd.io/etcd/server/v3', to: 'etcd' });
  await goBuild(input, { part: 'etcd', program: 'go.etcd.io/etcd/etcdctl/v3', to: 'etcdctl' });
}

async function buildFlannel(input: BuildProgramsInput): Promise<void> {
  const module = 'github.com/flannel-io/flannel';
  await runGo(input, 'flannel', ['mod', 'download', module]);
  const source = (await runGo(input, 'flannel', ['list', '-m', '-f', '{{.Dir}}', module])).trim();
  await writeFlanneldMain(source, join(input.workDir, 'flannel', 'flanneld'));
  await copyFile(join(source, 'Documentation', 'kube-flannel.yml'), join(input.binDir, 'kube-flannel.yml'));
  await chmod(join(input.binDir, 'kube-flannel.yml'), 0o644);
  const variables = { [`${module}/pkg/version.Version`]: `v${input.versions.flannel}` };
  await goBuild(input, { part: 'flannel', program: './flanneld', to: 'flanneld', variables });
  await goBuild(input, { part: 'flannel', program: './cniplugin', to: 'cni/flannel' });
  for (const plugin of cniPlugins) {
    const program = `github.com/containernetworking/plugins/plugins/${plugin}`;
    await goBuild(input, { part: 'flannel', program, to: `cni/${basename(plugin)}` });
  }
}

const unwantedBackends =
  /^\t_ "github\.com\/flannel-io\/flannel\/pkg\/backend\/(ipip|ipsec|tencentvpc|udp|wireguard)"$/;

/**
 * Flannel's main file without five backends. The SDK of tencentvpc is not on the Go module proxy, udp needs a C
 * compiler, and nobody here uses the others. The backends vxlan, host-gw, alloc and extension stay.
 */
async function writeFlanneldMain(source: string, to: string): Promise<void> {
  const lines = (await readFile(join(source, 'main.go'), 'utf8')).split('\n');
  const kept = lines.filter((line) => !unwantedBackends.test(line));
  if (lines.length - kept.length !== 5) {
    const found = String(lines.length - kept.length);
    throw new RolloutError(
      'CommandFailed',
      `${source}/main.go: expected 5 imports of unwanted backends, found ${found}`,
    );
  }
  await mkdir(to, { recursive: true });
  await writeFile(join(to, 'main.go'), kept.join('\n'));
}

async function buildSmall(input: BuildProgramsInput): Promise<void> {
  await goBuild(input, { part: 'small', program: './pause', to: 'pause' });
  await goBuild(input, { part: 'small', program: './installconf', to: 'install-conf' });
  await goBuild(input, { part: 'small', program: './standin', to: 'stand-in' });
}
