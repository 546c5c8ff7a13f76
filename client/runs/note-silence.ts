import type { Output } from '../output.js';

const silentMs = 3_000;

/**
 * Waits for the answer of a worker, and says so once when that takes long. The server remembers a killed worker for a minute;
 * until then only its silence tells.
 */
export async function noteSilence<Answer>(output: Output, answer: Promise<Answer>, patience: string): Promise<Answer> {
  const silence = setTimeout(() => {
    output.note(`no worker has answered yet; ${patience}`);
  }, silentMs);
  return answer.finally(() => {
    clearTimeout(silence);
  });
}
