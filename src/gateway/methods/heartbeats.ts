import type { ParamsOf } from "../../contract/index.ts";
import type { Heartbeats } from "../heartbeat/runner.ts";
import { invalidRequest, type MethodHandler, type MethodTable, success } from "./types.ts";

/** What clients ask of heartbeats, and how they cause one. */
export function createHeartbeatMethods(heartbeats: Heartbeats): MethodTable {
  return new Map<string, MethodHandler>([
    ["last-heartbeat", () => success(heartbeats.last)],
    [
      "wake",
      (params) => {
        const { mode, text } = params as ParamsOf<"wake">;
        return success({ ok: heartbeats.wake(text, mode === "now") });
      },
    ],
    [
      "set-heartbeats",
      (params) => {
        const { enabled } = params as { readonly enabled?: unknown };
        if (typeof enabled !== "boolean")
          return invalidRequest("invalid set-heartbeats params: enabled (boolean) required");
        heartbeats.setEnabled(enabled);
        return success({ ok: true, enabled });
      },
    ],
  ]);
}
