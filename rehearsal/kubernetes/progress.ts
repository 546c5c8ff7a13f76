/** Called with one line for people, without a line end. */
export type ProgressListener = (line: string) => void;

export interface ProgressInput<T> {
  readonly what: string;
  /** The expectation, such as `1 of 5, about 9 minutes on 2 cores`. */
  readonly expectation?: string;
  readonly onProgress: ProgressListener;
  readonly work: () => Promise<T>;
  /** Pause between lines that say that the work continues. Default 30000. */
  readonly everyMs?: number;
}

/** Runs `work` and says when it begins, that it goes on, and how long it took. */
export async function withProgress<T>(input: ProgressInput<T>): Promise<T> {
  const started = performance.now();
  const expectation = input.expectation === undefined ? '' : ` (${input.expectation})`;
  input.onProgress(`kubernetes: ${input.what}${expectation} …`);
  const timer = setInterval(() => {
    input.onProgress(`kubernetes: ${input.what}: ${duration(performance.now() - started)} so far`);
  }, input.everyMs ?? 30_000);
  try {
    const result = await input.work();
    input.onProgress(`kubernetes: ${input.what}: done in ${duration(performance.now() - started)}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** `9 min 12 s`, or `12.3 s` below a minute. */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}
