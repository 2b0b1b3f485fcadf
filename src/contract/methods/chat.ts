import * as agent from "../agent.ts";
import * as chat from "../chat.ts";
import { BASE, BY_SESSION_KEY, READS, type MethodContract } from "./types.ts";

export const CHAT_METHODS = {
  "chat.history": {
    ...BASE,
    params: chat.chatHistoryParams,
    effect: READS,
    result: chat.chatHistoryResult,
    scope: "operator.read",
    family: "chat",
  },
  "chat.send": {
    ...BASE,
    params: chat.chatSendParams,
    effect: BY_SESSION_KEY,
    result: chat.chatSendResult,
    scope: "operator.write",
    family: "chat",
    events: ["agent", "chat"],
    errors: [
      "message must not contain null bytes",
      "message or attachment required",
      "Error: attachment <label>: invalid base64 content",
      "Error: attachment <label>: exceeds size limit (<size> > 5000000 bytes)",
      "send blocked by session policy",
    ],
  },
  "chat.abort": {
    ...BASE,
    params: chat.chatAbortParams,
    effect: BY_SESSION_KEY,
    result: chat.chatAbortResult,
    scope: "operator.write",
    family: "chat",
    events: ["chat"],
    errors: ["runId does not match sessionKey"],
  },
  "chat.inject": {
    ...BASE,
    params: chat.chatInjectParams,
    effect: BY_SESSION_KEY,
    result: chat.chatInjectResult,
    scope: "operator.admin",
    family: "chat",
    advertised: false,
    events: ["chat"],
    errors: ["session not found", "failed to write transcript: <why>"],
  },
  agent: {
    ...BASE,
    params: agent.agentParams,
    effect: BY_SESSION_KEY,
    result: agent.agentResult,
    scope: "operator.write",
    family: "agent",
    events: ["agent", "chat"],
  },
  "agent.wait": {
    ...BASE,
    params: agent.agentWaitParams,
    effect: READS,
    result: agent.agentWaitResult,
    scope: "operator.write",
    family: "agent",
  },
} as const satisfies Record<string, MethodContract>;
