/** The text of a spec, with its place. */
export interface SpecFile {
  readonly path: string;
  /** Base folder of the unit folders in the spec. */
  readonly folder: string;
  readonly text: string;
}

/** A source of specs. */
export interface Specs {
  /** Reads a spec; without a path, the default one. Fails with `InputInvalid` when there is no such file. */
  read(path?: string): Promise<SpecFile>;
}
