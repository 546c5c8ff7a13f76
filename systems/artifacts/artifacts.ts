/** A store of texts by their content: plans, logs, manifests. It holds no secret. */
export interface Artifacts {
  /**
   * Stores text and returns its reference, `sha256:<hex>`. A second call with the same text changes nothing, and mends
   * a damaged artifact. Fails with `ArtifactStoreFailed`, or with the failures of AWS if the store is a bucket.
   */
  put(text: string): Promise<string>;
  /**
   * Returns the text of a reference. Fails with `ArtifactMissing` when the store has nothing under the reference, or
   * other content; else as `put` does.
   */
  get(reference: string): Promise<string>;
}

/** Logs that still grow, by name, because their content is not known yet. An ended log belongs into `Artifacts`. */
export interface GrowingLogs {
  /** Shortest pause between two saves of one log, in milliseconds. */
  readonly pauseMs: number;
  /** Replaces the log under a name (letters, digits, `_`, `-`). Fails as `put` does. */
  save(name: string, text: string): Promise<void>;
  /** Returns the log under a name; `undefined` when there is none. Fails as `put` does. */
  read(name: string): Promise<string | undefined>;
  /** Removes the log under a name, if there is one. Fails as `put` does. */
  remove(name: string): Promise<void>;
}

/** An artifact store: one folder or one bucket. */
export interface ArtifactStore extends Artifacts {
  readonly growing: GrowingLogs;
}
