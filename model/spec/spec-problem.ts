/** Place of a value in a spec: `['nodes', 3, 'group']`. */
export type SpecPath = readonly (string | number)[];

/** What is wrong with a spec, before its place in the file is known. */
export interface SpecViolation {
  readonly path: SpecPath;
  /** What stands there, without secrets. */
  readonly found: string;
  readonly expected: string;
  /** `key` when the last key of the path is wrong, not its value. Default `value`. */
  readonly at?: 'key' | 'value';
}

/** One problem of a spec, with its place. Lines and columns start at 1. */
export interface SpecProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `nodes[3].group`; empty for the whole document. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
  /** The line that people see: `cluster.yaml:41:12 nodes[3].group: found "apis", expected one of api, worker`. */
  readonly message: string;
}

/** Puts the message of a problem together. */
export function specProblem(problem: Omit<SpecProblem, 'message'>): SpecProblem {
  const place = `${problem.file}:${problem.line}:${problem.column}`;
  const path = problem.path === '' ? '' : ` ${problem.path}`;
  return { ...problem, message: `${place}${path}: found ${problem.found}, expected ${problem.expected}` };
}

/** A path as people write it: `nodes[3].labels["example.com/role"]`. */
export function pathText(path: SpecPath): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (!/^[A-Za-z_][-A-Za-z0-9_]*$/.test(key)) text += `[${JSON.stringify(key)}]`;
    else text += text === '' ? key : `.${key}`;
  }
  return text;
}
