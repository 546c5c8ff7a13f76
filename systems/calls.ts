/** Options that every call of a system takes beside its own input. */
export interface CallOptions {
  /** Ends the call early: passed down to the SDK, the socket or the child process. */
  readonly signal?: AbortSignal;
  /** Called with the progress of the work, in one line, whenever there is news. */
  readonly onProgress?: (line: string) => void;
}
