import type { QueueDirective } from "../chat/queue-directive.ts";
import { queueSettings } from "../scheduler/settings.ts";
import { withoutUndefined } from "../sessions/json.ts";
import type { SessionTarget } from "../store/target.ts";
import { entryOf, type RunRoom } from "./room.ts";

const FORGOTTEN = {
  queueMode: undefined,
  queueDebounceMs: undefined,
  queueCap: undefined,
  queueDrop: undefined,
};
const OPTIONS =
  "modes steer, followup, collect, steer+backlog, interrupt; debounce:<ms|s|m>, cap:<n>, drop:old|new|summarize";

/** The reply to a `/queue` that asks, or says something that means nothing; nothing when it can be carried out. */
export function queueQuestion(
  room: RunRoom,
  target: SessionTarget,
  { settings, isReset, wrong }: QueueDirective,
): string | undefined {
  if (!isReset && Object.keys(settings).length === 0 && Object.keys(wrong).length === 0) {
    const { mode, debounceMs, cap, drop } = queueSettings(
      room.sessions.config,
      entryOf(room.sessions, target),
    );
    return `Current queue settings: mode=${mode}, debounce=${debounceMs}ms, cap=${cap}, drop=${drop}.\nOptions: ${OPTIONS}.`;
  }
  const errors: string[] = [];
  if (wrong.debounce !== undefined)
    errors.push(`Invalid debounce "${wrong.debounce}". Use ms/s/m (e.g. debounce:1500ms, debounce:2s).`);
  if (wrong.cap !== undefined)
    errors.push(`Invalid cap "${wrong.cap}". Use a positive integer (e.g. cap:10).`);
  if (wrong.drop !== undefined)
    errors.push(`Invalid drop policy "${wrong.drop}". Use drop:old, drop:new, or drop:summarize.`);
  return errors.length === 0 ? undefined : errors.join(" ");
}

/** What a `/queue` changes in the entry of its session, and the replies that say so. */
export function queueChange({ settings, isReset }: QueueDirective): {
  members: Record<string, unknown>;
  replies: string[];
} {
  if (isReset) return { members: FORGOTTEN, replies: ["⚙️ Queue mode reset to default."] };
  const { mode, debounceMs, cap, drop } = settings;
  const replies = [
    mode === undefined ? "" : `⚙️ Queue mode set to ${mode}.`,
    debounceMs === undefined ? "" : `⚙️ Queue debounce set to ${debounceMs}ms.`,
    cap === undefined ? "" : `⚙️ Queue cap set to ${cap}.`,
    drop === undefined ? "" : `⚙️ Queue drop set to ${drop}.`,
  ];
  const members = withoutUndefined({
    queueMode: mode,
    queueDebounceMs: debounceMs,
    queueCap: cap,
    queueDrop: drop,
  });
  return { members, replies: replies.filter((reply) => reply !== "") };
}
