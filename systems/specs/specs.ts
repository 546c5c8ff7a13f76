/** A spec as it was found. */
export interface SpecFile {
  readonly path: string;
  /** Folder that the unit folders of the spec are relative to. */
  readonly folder: string;
  readonly text: string;
}

/** Where specs come from. */
export interface Specs {
  /** Reads a spec; without a path, the default one. Fails with `InputInvalid` when there is no such file. */
  read(path?: string): Promise<SpecFile>;
}
