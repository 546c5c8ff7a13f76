import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node, Pair, YAMLError } from 'yaml';
import { resolveSpec } from './resolve-spec.js';
import { schemaViolations } from './schema-violations.js';
import type { ClusterSpec, UnitSpec } from './spec.js';
import { SpecDocument } from './spec.js';
import { draftOf, type SpecDraft } from './spec-draft.js';
import type { SpecPath, SpecProblem, SpecViolation } from './spec-problem.js';
import { pathText, specProblem } from './spec-problem.js';
import { ruleViolations } from './spec-rules.js';

export type ParsedSpec =
  | { readonly ok: true; readonly spec: ClusterSpec }
  | {
      readonly ok: false;
      readonly problems: readonly SpecProblem[];
      /** The units without a problem of their own: their manifests can be judged in the same go. */
      readonly units: readonly UnitSpec[];
    };

interface Source {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/**
 * Reads a spec from YAML text: either the resolved spec, or every problem of it in the order of the file.
 * `file` is the name to show. Never throws. A text that is not YAML gives its syntax problems only.
 */
export function parseSpec(text: string, file: string): ParsedSpec {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const source = { file, document, lines };
  const aliases = aliasProblems(source);
  const syntax = [
    ...[...document.errors, ...document.warnings].map((error) => syntaxProblem(error, source)),
    ...aliases,
  ];
  // A key that stands twice still leaves a document that can be judged.
  const readable = aliases.length === 0 && document.errors.every((error) => error.code === 'DUPLICATE_KEY');
  if (!readable) return refused(syntax);

  const read = plainValue(document);
  if ('error' in read) return refused([specProblem({ ...placeAt(0, source), path: '', ...read.error })]);
  const parsed = SpecDocument.safeParse(read.value);
  const draft = draftOf(read.value);
  const violations = [
    ...(parsed.success ? [] : schemaViolations(parsed.error.issues, read.value)),
    ...ruleViolations(draft),
  ];
  const problems = [...syntax, ...violations.map((violation) => placed(violation, source))];
  if (problems.length > 0 || !parsed.success) return refused(problems, draft.units);
  return { ok: true, spec: resolveSpec(parsed.data) };
}

function plainValue(document: Document): { readonly value: unknown } | { readonly error: Omit<SpecViolation, 'path'> } {
  try {
    const value: unknown = document.toJS();
    return { value };
  } catch (error) {
    // The library refuses aliases that would fill the memory.
    return { error: { found: `unusable aliases (${String(error)})`, expected: 'fewer of them' } };
  }
}

function syntaxProblem(error: YAMLError, source: Source): SpecProblem {
  const place = placeAt(error.pos[0], source);
  if (error.code === 'DUPLICATE_KEY')
    return specProblem({ ...place, path: '', found: 'a key twice', expected: 'each key once' });
  return specProblem({ ...place, path: '', found: `a YAML error (${error.message})`, expected: 'valid YAML' });
}

function aliasProblems(source: Source): readonly SpecProblem[] {
  const problems: SpecProblem[] = [];
  // collected on the way: the library looks each alias up by a walk of its own, which takes seconds for a thousand
  const anchors = new Set<string>();
  visit(source.document, {
    Value(_key, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Alias(_key, alias) {
      if (anchors.has(alias.source)) return;
      const place = placeAt(alias.range?.[0] ?? 0, source);
      problems.push(
        specProblem({
          ...place,
          path: '',
          found: `*${alias.source} without &${alias.source}`,
          expected: 'an anchor before it',
        }),
      );
    },
  });
  return problems;
}

function placed(violation: SpecViolation, source: Source): SpecProblem {
  const { path, found, expected, at = 'value' } = violation;
  const place = placeAt(offsetOf(path, at, source.document), source);
  return specProblem({ ...place, path: pathText(path), found, expected });
}

function placeAt(offset: number, { file, lines }: Source): Pick<SpecProblem, 'file' | 'line' | 'column'> {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** Where a value stands; where nothing stands, the nearest map or list around it. */
function offsetOf(path: SpecPath, at: 'key' | 'value', document: Document): number {
  let here = target(document.contents, document);
  let offset = here?.range?.[0] ?? 0;
  for (const [index, key] of path.entries()) {
    const child = childOf(here, key);
    if (child === undefined) return offset;
    const wantsKey = at === 'key' && index === path.length - 1;
    offset = (wantsKey ? child.key : (child.value ?? child.key)) ?? offset;
    here = target(child.node, document);
  }
  return offset;
}

interface Child {
  readonly key?: number | undefined;
  readonly value?: number | undefined;
  readonly node: unknown;
}

function childOf(node: Node | undefined, key: string | number): Child | undefined {
  if (isSeq(node) && typeof key === 'number') {
    const item = node.items[key];
    return item === undefined ? undefined : { value: startOf(item), node: item };
  }
  if (!isMap(node)) return undefined;
  const pair: Pair | undefined = node.items.find(
    (item) => isScalar(item.key) && String(item.key.value) === String(key),
  );
  return pair === undefined ? undefined : { key: startOf(pair.key), value: startOf(pair.value), node: pair.value };
}

function startOf(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}

function target(node: unknown, document: Document): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return isScalar(node) || isMap(node) || isSeq(node) ? node : undefined;
}

function refused(problems: readonly SpecProblem[], units: SpecDraft['units'] = []): ParsedSpec {
  const inOrder = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, problems: inOrder, units: units.map(({ value }) => value) };
}
