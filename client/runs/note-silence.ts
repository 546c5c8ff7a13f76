import type { Output } from '../output.js';

const silentMs = 3_000;

/**
 * Waits for what a worker answers, and says so once when that takes long: the server remembers a worker that was killed for a
 * minute, until which its silence is all that tells.
 */
export async function noteSilence<Answer>(output: Output, answer: Promise<Answer>, patience: string): Promise<Answer> {
  const silence = setTimeout(() => {
    output.note(`no worker has answered yet; ${patience}`);
  }, silentMs);
  return answer.finally(() => {
    clearTimeout(silence);
  });
}
