import { CancellationScope, condition } from '@temporalio/workflow';
import type { StopInput } from '../../model/messages.js';

/**
 * Tells others of a stop once somebody asks for one, and again when what runs is to be let go too. `asked` is what was
 * asked for so far. In a scope of its own: a signal that is sent in a cancelled one is not sent, and Cancel means stop.
 */
export async function passStopOn(
  asked: () => StopInput | undefined,
  tell: (how: StopInput) => Promise<unknown>,
): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    await condition(() => asked() !== undefined);
    const first = asked() ?? {};
    await tell(first);
    if (first.now === true) return;
    await condition(() => asked()?.now === true);
    await tell(asked() ?? {});
  });
}
