import type { InstanceTypeFact } from '../../../model/facts/ec2-offers.js';
import type { Ec2Catalog } from '../../../systems/ec2/ec2.js';

/** Memory of the sizes below a multiple of xlarge in MiB, as of the families for general use. */
const memoryMiB: Readonly<Record<string, number>> = {
  nano: 512,
  micro: 1_024,
  small: 2_048,
  medium: 4_096,
  large: 8_192,
  xlarge: 16_384,
};
/** Families whose types are named when a type is asked for that there is not. */
const families = ['t3', 't3a', 't4g', 'm6g', 'm6i', 'm7g', 'm7i', 'c7g', 'c7i', 'r7i'];

/**
 * Simulates EC2's offers: every family that has a name in its form, in all sizes, in the zones a to d of any region.
 */
export function createSimulatedEc2Catalog(): Ec2Catalog {
  return {
    instanceTypes: async ({ region, names }) => names.flatMap((name) => typeFact(name, zonesOf(region)) ?? []),
    instanceTypeNames: async () =>
      families.flatMap((family) => Object.keys(memoryMiB).map((size) => `${family}.${size}`)),
    zones: async ({ region }) => zonesOf(region),
  };
}

function zonesOf(region: string): readonly string[] {
  return ['a', 'b', 'c', 'd'].map((letter) => `${region}${letter}`);
}

function typeFact(name: string, zones: readonly string[]): InstanceTypeFact | undefined {
  const [, family = '', size = ''] = /^([a-z][a-z0-9-]*\d[a-z0-9-]*)\.([a-z0-9-]+)$/.exec(name) ?? [];
  const memory = memoryOf(size);
  if (memory === undefined) return undefined;
  const architectures = [/\dg/.test(family) ? 'arm64' : 'x86_64'];
  return { name, architectures, vcpus: Math.max(2, memory / 4_096), memoryMiB: memory, zones };
}

function memoryOf(size: string): number | undefined {
  const multiple = /^(\d+)xlarge$/.exec(size)?.[1];
  if (multiple !== undefined) return Number(multiple) * 16_384;
  if (/^metal(-\d+xl)?$/.test(size)) return 24 * 16_384;
  return Object.hasOwn(memoryMiB, size) ? memoryMiB[size] : undefined;
}
