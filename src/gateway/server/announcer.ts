/** Tells everybody how something stands: at once when few listen, else at intervals, and then the newest state alone. */
export interface Announcer {
  announce(): void;
  close(): void;
}

/** With up to so many clients every change is announced by itself, as upstream does. */
const FEW = 64;
/** What one more client costs: a frame takes some 15 µs to send, so this leaves the announcements 2 % of the time. */
const REST_MS_PER_CLIENT = 0.75;

/**
 * Each `health` request and each departure is announced to every client (upstream-2026.2.17 section 1.11). With
 * thousands of them this would be all that the gateway does; state may be told less often, since only the newest counts.
 * @param send announces the state as it is then.
 * @param clients how many will be told.
 */
export function createAnnouncer(send: () => void, clients: () => number): Announcer {
  let lastAt = Number.NEGATIVE_INFINITY;
  let due: NodeJS.Timeout | undefined;
  const tell = (): void => {
    due = undefined;
    lastAt = performance.now();
    send();
  };
  return {
    announce() {
      if (due !== undefined) return;
      const restMs = Math.max(0, clients() - FEW) * REST_MS_PER_CLIENT;
      const waitMs = lastAt + restMs - performance.now();
      if (restMs === 0 || waitMs <= 0) return tell();
      due = setTimeout(tell, waitMs);
    },
    close: () => clearTimeout(due),
  };
}
