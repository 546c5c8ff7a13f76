/** A store of bytes by their content: plans, logs, manifests. Nothing in it is secret. */
export interface Artifacts {
  /** Stores text and returns its reference, `sha256:<hex>`. Storing the same text again changes nothing. */
  put(text: string): Promise<string>;
  /** Fails with `PlanMissing` when there is nothing under the reference, or other content. */
  get(reference: string): Promise<string>;
}
