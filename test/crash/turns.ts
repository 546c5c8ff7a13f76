/** Lets one strike happen at a time. A waiter leaves the queue when it is gone, or when a newer one of its name comes. */
export interface Turns {
  /** Whether it is this one's turn now; `false` when it was overtaken or is gone. Its end is told by `release`. */
  take(waiter: { readonly type: string; readonly name: string }, gone: AbortSignal): Promise<boolean>;
  /** Sends everybody of a type away who still waits. */
  dismiss(type: string): void;
  release(): void;
}

interface Waiter {
  readonly type: string;
  readonly name: string;
  readonly settle: (turn: boolean) => void;
}

export function createTurns(): Turns {
  const queue: Waiter[] = [];
  let taken = false;

  function next(): void {
    if (taken) return;
    const first = queue.shift();
    if (first === undefined) return;
    taken = true;
    first.settle(true);
  }

  function leave(waiter: Waiter): void {
    const at = queue.indexOf(waiter);
    if (at === -1) return;
    queue.splice(at, 1);
    waiter.settle(false);
  }

  return {
    take({ type, name }, gone) {
      const older = queue.find((waiter) => waiter.name === name);
      if (older !== undefined) leave(older);
      if (gone.aborted) return Promise.resolve(false);
      return new Promise((resolve) => {
        const waiter: Waiter = { type, name, settle: resolve };
        gone.addEventListener('abort', () => {
          leave(waiter);
        });
        queue.push(waiter);
        next();
      });
    },
    dismiss(type) {
      for (const waiter of queue.filter((one) => one.type === type)) leave(waiter);
    },
    release() {
      taken = false;
      next();
    },
  };
}
