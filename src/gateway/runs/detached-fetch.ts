type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** The same bytes; whoever stops reading is let go at once, whatever becomes of the connection. */
function detach(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const letGo = (reason: unknown): void => void reader.cancel(reason).catch(() => undefined);
  let stop: () => void = () => undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const abort = (): void => {
        controller.error(new DOMException("This operation was aborted", "AbortError"));
        letGo(signal?.reason);
      };
      stop = () => signal?.removeEventListener("abort", abort);
      if (signal?.aborted) abort();
      else signal?.addEventListener("abort", abort, { once: true });
    },
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        stop();
        controller.close();
      } catch (error) {
        stop();
        controller.error(error);
      }
    },
    cancel(reason) {
      stop();
      letGo(reason);
    },
  });
}

/**
 * `fetch`, except that nobody waits for a connection that is being given up: cancelling a body settles only when the other
 * side of the connection lets it, and a run that has ended must not hang on that.
 */
export const detachedFetch: Fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  return new Response(detach(response.body, init?.signal ?? undefined), { status, statusText, headers });
};
