import type { z } from "zod";
import { CHAT_METHODS } from "./methods/chat.ts";
import { COMPANION_METHODS } from "./methods/companions.ts";
import { SESSION_METHODS } from "./methods/sessions.ts";
import type { MethodContract } from "./methods/types.ts";
import { HEALTH_METHODS, USAGE_METHODS } from "./methods/usage.ts";

export type { Effect, Family, MethodContract } from "./methods/types.ts";

/** Every method of the contract, by name. */
export const METHODS = {
  ...HEALTH_METHODS,
  ...SESSION_METHODS,
  ...USAGE_METHODS,
  ...CHAT_METHODS,
  ...COMPANION_METHODS,
} as const satisfies Record<string, MethodContract>;

export type MethodName = keyof typeof METHODS;
export type ParamsOf<M extends MethodName> = z.infer<(typeof METHODS)[M]["params"]>;
export type ResultOf<M extends MethodName> = z.infer<(typeof METHODS)[M]["result"]>;

export const METHOD_NAMES = Object.keys(METHODS) as MethodName[];

/** Whether `name` is a method of the contract; own names only, so `constructor` is not. */
export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}
