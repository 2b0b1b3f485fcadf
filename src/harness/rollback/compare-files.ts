import { isObject } from "../scenario/json.ts";
import type { StateSnapshot } from "../target/state-snapshot.ts";
import { excusedFile } from "./exclusions.ts";
import { isStorePath, parseMembers, storedSessions, transcriptNames } from "./stores.ts";
import { discrepancies } from "./structure.ts";
import type { Difference, Write, WriteKind } from "./types.ts";

/** A turn of one gateway, seen from the disk. */
export interface DiskTurn {
  readonly before: StateSnapshot;
  readonly after: StateSnapshot;
  readonly writes: readonly Write[];
  readonly wrote: string;
  readonly read: string;
  /** Id of the device that we connect as: its own record may change. */
  readonly deviceId: string;
}

/** What was found on the disk, and how much was looked at. */
export interface DiskVerdict {
  readonly differences: readonly Difference[];
  readonly files: number;
  readonly entries: number;
}

/** Fields that nobody knows: a gateway hands them on as they are. Ours begin like this, so that no version takes them. */
const FOREIGN_FIELD = /^x-/;

/** Fields that a patch of ours may change beside those it names. */
const PATCHED_TOO: ReadonlySet<string> = new Set(["updatedAt", "sessionId"]);
/** What compacting takes away, as the counts were of the whole transcript. */
const COMPACTED: ReadonlySet<string> = new Set([
  "updatedAt",
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "totalTokensFresh",
]);

function mayChange(write: Write, field: string): boolean {
  switch (write.kind) {
    case "patch":
      return PATCHED_TOO.has(field) || Object.hasOwn(write.params, field);
    case "compact":
      return COMPACTED.has(field);
    case "inject":
      return false;
    case "chat":
      return !FOREIGN_FIELD.test(field);
    case "reset":
    case "delete":
      return true;
    default:
      return write.kind satisfies never;
  }
}

const MODEL_FIELDS: ReadonlySet<string> = new Set(["providerOverride", "modelOverride"]);

/** A patch names `model`; what it stores has other names (upstream-2026.2.17 section 3.5). */
const excuses = (write: Write, field: string): boolean =>
  mayChange(write, field) ||
  (write.kind === "patch" && Object.hasOwn(write.params, "model") && MODEL_FIELDS.has(field));

const fieldOf = (pointer: string): string =>
  (pointer.split("/")[1] ?? "").replaceAll("~1", "/").replaceAll("~0", "~");

/** A store may hold one session under several spellings of its key: each has its own place. */
const placeOf = ({ store, key }: { readonly store: string; readonly key: string }): string =>
  `${store} ${key}`;

function* compareStores(
  turn: DiskTurn,
  touched: ReadonlyMap<string, readonly Write[]>,
): Generator<Difference> {
  const { wrote, read } = turn;
  const earlier = storedSessions(turn.before);
  const held = new Set(earlier.map(placeOf));
  const later = new Map(storedSessions(turn.after).map((one) => [placeOf(one), one]));
  const known = new Set<string>();
  for (const one of earlier) {
    const { store, key, entry } = one;
    const writes = touched.get(key.toLowerCase()) ?? [];
    const canonical = placeOf({ store, key: key.toLowerCase() });
    const place = placeOf(one);
    const stays = later.get(place);
    // A write to the session drops every spelling of its key but the canonical one (upstream-2026.2.17 section 4.3).
    if (stays === undefined && writes.length > 0 && place !== canonical && held.has(canonical)) continue;
    const now = stays ?? later.get(canonical);
    if (now !== undefined) known.add(placeOf(now));
    const about = { part: "store", wrote, read, where: `${store} ${JSON.stringify(key)}` } as const;
    if (now === undefined) {
      if (!writes.some(({ kind }) => kind === "delete"))
        yield { ...about, pointer: "", expected: entry, message: "the session is gone" };
      continue;
    }
    for (const found of discrepancies(entry, now.entry)) {
      const field = fieldOf(found.pointer);
      if (!writes.some((write) => excuses(write, field))) yield { ...about, ...found };
    }
  }
  for (const [place, { store, key, entry }] of later) {
    if (known.has(place) || touched.has(key.toLowerCase())) continue;
    const where = `${store} ${JSON.stringify(key)}`;
    yield {
      part: "store",
      wrote,
      read,
      where,
      pointer: "",
      actual: entry,
      message: "a session nobody asked for",
    };
  }
}

/** Whether a transcript that changed did so as a request of ours lets it: it grew, or was put aside as it was. */
function isHandedOn(path: string, { before, after }: DiskTurn): boolean {
  const old = before.files.get(path);
  const now = after.files.get(path);
  if (old === undefined) return false;
  // What was compacted gets a header in front when it goes on.
  if (now?.includes(old) === true) return true;
  return [...after.files].some(
    ([name, content]) =>
      /^\.(?:reset|deleted|bak)\./.test(name.slice(path.length)) &&
      name.startsWith(path) &&
      content.equals(old),
  );
}

function* compareDevices(turn: DiskTurn): Generator<Difference> {
  const where = "devices/paired.json";
  const now = parseMembers(turn.after.files.get(where));
  for (const [id, device] of parseMembers(turn.before.files.get(where)) ?? []) {
    if (id === turn.deviceId) continue;
    for (const found of discrepancies(device, now?.get(id))) {
      yield {
        ...found,
        part: "file",
        wrote: turn.wrote,
        read: turn.read,
        where,
        pointer: `/${id}${found.pointer}`,
      };
    }
  }
}

function touchedTranscripts({ before, after }: DiskTurn, touched: ReadonlyMap<string, unknown>): Set<string> {
  const sessions = [...storedSessions(before), ...storedSessions(after)];
  return new Set(
    sessions
      .filter(({ key }) => touched.has(key.toLowerCase()))
      .flatMap(({ store, entry }) => {
        const folder = store.slice(0, store.lastIndexOf("/") + 1);
        return transcriptNames(entry).map((name) => `${folder}${name}`);
      }),
  );
}

/** Kinds of write after which a session's store is another one. An injected message leaves it alone. */
const STORE_WRITES: ReadonlySet<WriteKind> = new Set(["patch", "chat", "compact", "reset", "delete"]);

const sameMeaning = (old: Buffer, now: Buffer): boolean => {
  const [before, after] = [parseMembers(old), parseMembers(now)];
  if (before === undefined || after === undefined) return false;
  return discrepancies(Object.fromEntries(before), Object.fromEntries(after)).next().done === true;
};

/**
 * What one turn of a gateway did to the state directory beyond what it was asked for: entries and fields that changed or
 * vanished, transcripts that were cut, files of others that are not byte for byte what they were.
 */
export function compareDisk(turn: DiskTurn): DiskVerdict {
  const { before, after, wrote, read } = turn;
  const touched = new Map<string, Write[]>();
  for (const write of turn.writes) {
    const key = write.key.toLowerCase();
    touched.set(key, [...(touched.get(key) ?? []), write]);
  }
  const transcripts = touchedTranscripts(turn, touched);
  const rewritten = new Set(
    turn.writes.filter(({ kind }) => STORE_WRITES.has(kind)).map(({ key }) => storeOf(key)),
  );
  const differences = [...compareStores(turn, touched), ...compareDevices(turn)];
  let files = 0;
  for (const [path, old] of before.files) {
    if (excusedFile(path) !== undefined) continue;
    files += 1;
    const now = after.files.get(path);
    if (now?.equals(old) === true) continue;
    if (isStorePath(path) && rewritten.has(path) && now !== undefined) continue;
    if (transcripts.has(path) && isHandedOn(path, turn)) continue;
    const about = { part: "file", wrote, read, where: path, pointer: "" } as const;
    const sizes = { expected: `${old.length} bytes`, actual: `${now?.length ?? 0} bytes` };
    if (now === undefined) differences.push({ ...about, ...sizes, message: "the file is gone" });
    else if (sameMeaning(old, now))
      differences.push({ ...about, ...sizes, message: "was written anew, though nothing in it changed" });
    else differences.push({ ...about, ...sizes, message: "changed, though nobody asked for it" });
  }
  return { differences, files, entries: storedSessions(before).length };
}

/** Path of the store that holds a canonical key. */
function storeOf(key: string): string {
  const [, agent = "main"] = key.toLowerCase().split(":");
  return `agents/${key.startsWith("agent:") ? agent : "main"}/sessions/sessions.json`;
}

/** Every key that the stores of a snapshot hold, as it is spelled there. */
export function storedKeys(snapshot: StateSnapshot): Set<string> {
  return new Set(
    storedSessions(snapshot)
      .filter(({ entry }) => isObject(entry))
      .map(({ key }) => key),
  );
}
