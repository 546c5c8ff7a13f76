import { isRecord } from '../is-record.js';
import type { MachineImage, UnitSpec } from './spec.js';
import { NodeEntry, NodeGroup, SpecDocument, UnitEntry } from './spec.js';
import type { SpecPath, SpecViolation } from './spec-problem.js';

/** A part of a spec that is valid by itself, with its place. */
export interface Placed<T> {
  readonly path: SpecPath;
  readonly value: T;
}

/**
 * The valid parts of a spec that may have invalid parts. With them, the rules across fields run together with the
 * schema, and a person sees all problems at once.
 */
export interface SpecDraft {
  readonly region?: string;
  readonly network?: SpecDocument['network'];
  readonly access?: SpecDocument['access'];
  readonly kubernetes?: SpecDocument['kubernetes'];
  readonly controlPlaneEndpoint?: string;
  /** Name filter of the image, where it is not an id. */
  readonly imageName?: string;
  readonly nodes: readonly Placed<NodeEntry>[];
  readonly groups: readonly Placed<NodeGroup>[];
  /** Names of all groups, those of invalid ones too. */
  readonly groupNames: readonly string[];
  readonly units: readonly Placed<UnitSpec>[];
  /** Whether every node is valid, so that rules may count them. */
  readonly allNodesValid: boolean;
}

/** Takes every part of a parsed YAML document that the schema accepts. Never fails. */
export function draftOf(document: unknown): SpecDraft {
  const fields = isRecord(document) ? document : {};
  const { shape } = SpecDocument;
  const nodes = Array.isArray(fields['nodes']) ? fields['nodes'] : [];
  const units = Array.isArray(fields['units']) ? fields['units'] : [];
  const groups = isRecord(fields['nodeGroups']) ? fields['nodeGroups'] : {};
  const validNodes = placedOf(nodes.map((node, index) => ({ path: ['nodes', index], value: valid(NodeEntry, node) })));
  return {
    ...present('region', valid(shape.region, fields['region'])),
    ...present('network', valid(shape.network, fields['network'])),
    ...present('access', valid(shape.access, fields['access'])),
    ...present('kubernetes', valid(shape.kubernetes, fields['kubernetes'])),
    ...present('controlPlaneEndpoint', valid(shape.controlPlaneEndpoint, fields['controlPlaneEndpoint'])),
    ...present('imageName', imageNameOf(valid(shape.image, fields['image']))),
    nodes: validNodes,
    groups: placedOf(
      Object.entries(groups).map(([name, group]) => ({ path: ['nodeGroups', name], value: valid(NodeGroup, group) })),
    ),
    groupNames: Object.keys(groups),
    units: placedOf(units.map((unit, index) => ({ path: ['units', index], value: valid(UnitEntry, unit) }))),
    allNodesValid: nodes.length > 0 && validNodes.length === nodes.length,
  };
}

function imageNameOf(image: MachineImage | undefined): string | undefined {
  return image !== undefined && 'name' in image ? image.name : undefined;
}

interface Schema<T> {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: T | undefined };
}

function valid<T>(schema: Schema<T>, value: unknown): T | undefined {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function placedOf<T>(parts: readonly Placed<T | undefined>[]): readonly Placed<T>[] {
  return parts.flatMap(({ path, value }) => (value === undefined ? [] : [{ path, value }]));
}

function present<Key extends string, T>(key: Key, value: T | undefined): Partial<Record<Key, T>> {
  const fields: Partial<Record<Key, T>> = {};
  if (value !== undefined) fields[key] = value;
  return fields;
}

/** One rule across fields: looks at the valid parts of a spec and names everything that breaks it. */
export type SpecRule = (draft: SpecDraft) => readonly SpecViolation[];
