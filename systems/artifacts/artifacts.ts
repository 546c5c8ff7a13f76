/** A store of bytes by their content: plans, logs, manifests. Nothing in it is secret. */
export interface Artifacts {
  /**
   * Stores text and returns its reference, `sha256:<hex>`. Storing the same text again changes nothing, and mends what is
   * damaged. Fails with `ArtifactStoreFailed`, or with the failures of AWS where the store is a bucket.
   */
  put(text: string): Promise<string>;
  /** Fails with `ArtifactMissing` when there is nothing under the reference, or other content; else as `put` does. */
  get(reference: string): Promise<string>;
}

/** Logs that still grow: by name, because their content is not known yet. One that ended belongs into `Artifacts`. */
export interface GrowingLogs {
  /** Shortest pause between two times that one log is saved, in milliseconds. */
  readonly pauseMs: number;
  /** Replaces what is under a name (letters, digits, `_`, `-`). Fails as `put` does. */
  save(name: string, text: string): Promise<void>;
  /** What is under a name; `undefined` when there is nothing. Fails as `put` does. */
  read(name: string): Promise<string | undefined>;
  /** Removes what is under a name, if anything is. Fails as `put` does. */
  remove(name: string): Promise<void>;
}

/** An artifact store: one folder or one bucket. */
export interface ArtifactStore extends Artifacts {
  readonly growing: GrowingLogs;
}
