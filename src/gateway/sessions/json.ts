/** A JSON object as it was parsed; never changed in place, since stores share one copy with every reader. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What an object holds under a name that comes from outside; never what every object inherits. */
export function ownMember(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The value when it is a string, else nothing. */
export function stringOrNone(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The string without outer blanks; nothing when it is no string or blank. */
export function trimmedOrNone(value: unknown): string | undefined {
  const trimmed = stringOrNone(value)?.trim();
  return trimmed === undefined || trimmed === "" ? undefined : trimmed;
}

/** A copy without the members whose value is `undefined`; JSON nulls stay. */
export function withoutUndefined(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(members)) {
    const value = members[name];
    if (value !== undefined) setOwn(kept, name, value);
  }
  return kept;
}

/** Sets an own member, also when its name is `__proto__`, which assignment would take for the prototype. */
export function setOwn(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[name] = value;
  }
}
