// Work that tells events, as something to loop over. Leaving the loop stops the work and waits until it has ended:
// a device is never left behind because nobody listens any more.

/** Tells one event. */
export type Emit<E> = (event: E) => void;

/**
 * The events of the work in their order, and then its end or its error. The work begins when the first event is
 * asked for; its signal aborts when the loop is left.
 */
export async function* stream<E>(
  work: (emit: Emit<E>, left: AbortSignal) => Promise<void>,
): AsyncGenerator<E, void> {
  const queue: E[] = [];
  const left = new AbortController();
  let wake: () => void = () => undefined;
  const state = { over: false };
  const ended = work((event) => {
    queue.push(event);
    wake();
  }, left.signal).finally(() => {
    state.over = true;
    wake();
  });
  // Looked at below, or when the loop is left; until then it is nobody's fault.
  ended.catch(() => undefined);
  try {
    for (;;) {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) yield next;
      if (state.over) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (queue.length > 0 || state.over) resolve();
      });
    }
    await ended;
  } finally {
    left.abort('nobody listens any more');
    await ended.catch(() => undefined);
  }
}
