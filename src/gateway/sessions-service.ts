import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { HealthSnapshot } from "../contract/index.ts";
import type { GatewayConfig } from "./config/types.ts";
import { GatewayError } from "./errors.ts";
import { defaultAgentId, listedAgentIds } from "./sessions/agents.ts";
import type { CombinedSession } from "./sessions/combine.ts";
import { asEntry, touchedAt } from "./sessions/entry.ts";
import { isSharedKey } from "./sessions/key.ts";
import { maintenancePlan } from "./sessions/maintenance.ts";
import { newestOf } from "./sessions/recent.ts";
import type { StoreOptions } from "./store/backing.ts";
import { CombinedView, type OwnedView } from "./store/combined-view.ts";
import { directoryNames } from "./store/directory-names.ts";
import { archiveForgotten, evict } from "./store/eviction.ts";
import { isUuid } from "./store/mentions.ts";
import { journalPath } from "./store/journal.ts";
import { durabilityText, openStore } from "./store/open-store.ts";
import { isStoreTemplate, type StatePlaces, storePath } from "./store/paths.ts";
import { type SessionTarget, sessionTarget } from "./store/target.ts";
import { Turns } from "./store/turns.ts";
import type { SessionStore, StoreDraft, StoreLogger, StoreView } from "./store/types.ts";
import { TranscriptReader } from "./transcripts/reader.ts";
import { TranscriptWriter } from "./transcripts/writer.ts";

/** Ends what runs in a session before it is reset or deleted. @returns false when it is still running after all. */
export type EndActivity = (target: SessionTarget, sessionId: string | undefined) => Promise<boolean>;

export interface SessionServiceOptions extends Pick<StoreOptions, "onCommit"> {
  readonly config: GatewayConfig;
  /** Absolute. */
  readonly stateDir: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logger?: StoreLogger | undefined;
  /** What `~` stands for; default the account's home directory. */
  readonly home?: string | undefined;
  /** Start empty where a corrupt store was set aside, instead of refusing writes to it. */
  readonly acceptLoss?: boolean | undefined;
  /** Serve the other stores where one is corrupt, which then looks empty and refuses writes, instead of throwing. */
  readonly serveDamaged?: boolean | undefined;
  /** Default: nothing ever runs. */
  readonly endActivity?: EndActivity | undefined;
}

/** The sessions of all agents, as the methods see them. */
export interface SessionService {
  readonly config: GatewayConfig;
  readonly places: StatePlaces;
  readonly now: () => number;
  readonly reader: TranscriptReader;
  /** Of all transcripts: whoever changes one waits for those before him. */
  readonly writer: TranscriptWriter;
  readonly endActivity: EndActivity;
  /** Where a requested session is stored. */
  target(requested: string): SessionTarget;
  /** The store in this file (absolute path); opened when first asked for. */
  store(file: string): SessionStore;
  /** The store that holds an agent's sessions; agents may share one. */
  storeOf(agentId: string): SessionStore;
  /**
   * Changes a store, lets its maintenance run, and waits until both are on disk.
   * @throws StoreUnavailableError when the store refuses writes or the disk does.
   */
  change<T>(file: string, change: (draft: StoreDraft) => T): Promise<T>;
  /** Runs `work` when no other reset, delete or compact of the session is under way. */
  alone<T>(target: SessionTarget, work: () => Promise<T>): Promise<T>;
  /** What the list calls the place of the sessions. */
  listPath(): string;
  /** All sessions under canonical keys. */
  combined(): ReadonlyMap<string, CombinedSession>;
  /** Those under canonical keys of which some store holds one that `find` gives, as `combined` has them. */
  combinedWhere(find: (view: StoreView) => readonly string[]): ReadonlyMap<string, CombinedSession>;
  /** Every session that a search for this id may find, as `combined` has them; at least those that bear it. */
  mentioning(id: string): ReadonlyMap<string, CombinedSession>;
  /** The ids of the agents whose sessions are listed, the default agent first. */
  agents(): string[];
  /** How many sessions an agent's store holds, and the five touched last (upstream-2026.2.17 section 2.1). */
  healthSessions(agentId: string): HealthSnapshot["sessions"];
  /** What an answered change is safe from, in words for the operator. */
  readonly durability: string;
  /** How many stores are held in memory. */
  openStores(): number;
  /** Waits for everything under way; refuses what comes later. */
  close(): Promise<void>;
}

interface Summary {
  readonly view: StoreView;
  readonly revision: number;
  readonly count: number;
  readonly recent: readonly { readonly key: string; readonly updatedAt: number }[];
}

/** Paths of stores that are kept at hand; clients may name any agent. */
const MOST_PATHS = 500;
/** From so many stores on, those are looked for that exist in memory alone. */
const MOST_ABSENT_STORES = 500;

/** Looks through a store again only when it has changed. */
const summaries = new WeakMap<SessionStore, Summary>();

function summaryOf(store: SessionStore): Summary {
  const view = store.view();
  const known = summaries.get(store);
  if (known?.view === view && known.revision === view.revision) return known;

  const sessions: { key: string; updatedAt: number }[] = [];
  for (const [key, value] of view.entries())
    if (!isSharedKey(key)) sessions.push({ key, updatedAt: touchedAt(asEntry(value)) });
  const found = { view, revision: view.revision, count: sessions.length, recent: newestOf(sessions, 5) };
  summaries.set(store, found);
  return found;
}

function summarize(store: SessionStore, now: number): HealthSnapshot["sessions"] {
  const { count, recent } = summaryOf(store);
  return {
    path: store.path,
    count,
    recent: recent.map(({ key, updatedAt }) =>
      updatedAt === 0 ? { key, updatedAt: null, age: null } : { key, updatedAt, age: now - updatedAt },
    ),
  };
}

/** @throws GatewayError STORE_CORRUPT where something has to be decided before the stores may be served. */
function refuseDamaged(stores: readonly SessionStore[]): void {
  const damages = stores.map((opened) => opened.damage()).filter((damage) => damage !== undefined);
  if (damages.length === 0) return;
  // Nobody will serve them; what fails on the way is in the log.
  for (const opened of stores) void opened.close().catch(() => {});
  throw new GatewayError(
    "STORE_CORRUPT",
    damages.join("; "),
    "put an intact copy in its place and remove the kept file, or start with --accept-loss to go on without what is in it",
  );
}

/**
 * Opens the sessions of a state directory. Reads the stores there are, so that one that is corrupt is found before
 * anybody is served, and what a killed gateway left in a journal is folded.
 * @throws GatewayError STORE_CORRUPT where a store is corrupt; it has been set aside then, and nothing overwrites it.
 */
export function openSessionService(options: SessionServiceOptions): SessionService {
  const { config, now, logger, acceptLoss } = options;
  const places: StatePlaces = { stateDir: path.resolve(options.stateDir), home: options.home ?? homedir() };
  const { store: configured, durability } = config.session ?? {};
  const plan = maintenancePlan(config);
  const stores = new Map<string, SessionStore>();
  let sweepAbove = MOST_ABSENT_STORES;
  const turns = new Turns();

  const store = (file: string): SessionStore => {
    let opened = stores.get(file);
    if (opened === undefined) {
      const rotateBytes = plan.enforced ? plan.rotateBytes : undefined;
      const { onCommit } = options;
      opened = openStore({ path: file, now, logger, rotateBytes, acceptLoss, durability, onCommit });
      stores.set(file, opened);
      if (stores.size > sweepAbove) sweep(file);
    }
    return opened;
  };
  /** A client may ask for agents that there are not; nothing is kept of those. */
  const sweep = (asked: string): void => {
    for (const [file, opened] of stores)
      if (file !== asked && opened.view().size === 0 && !existsSync(file)) stores.delete(file);
    sweepAbove = Math.max(MOST_ABSENT_STORES, 2 * stores.size);
  };
  const onDisk = directoryNames(path.join(places.stateDir, "agents"));
  const agents = (): string[] => listedAgentIds(config, onDisk());
  const paths = new Map<string, string>();
  const pathOf = (agentId: string): string => {
    let known = paths.get(agentId);
    if (known === undefined) {
      known = storePath(places, configured, agentId);
      if (paths.size >= MOST_PATHS) paths.clear();
      paths.set(agentId, known);
    }
    return known;
  };
  const combined = new CombinedView(config);
  const owned = (): OwnedView[] =>
    (isStoreTemplate(configured) ? agents() : [defaultAgentId(config)]).map((ownerId) => ({
      ownerId,
      view: store(pathOf(ownerId)).view(),
    }));
  const found = [...new Set(agents().map(pathOf))].map(store);
  if (options.serveDamaged !== true) refuseDamaged(found);
  // Nobody may ask for such an agent until the stop, which has to leave a plain sessions.json.
  else for (const opened of found) if (existsSync(journalPath(opened.path))) opened.view();

  return {
    config,
    places,
    now,
    reader: new TranscriptReader(),
    writer: new TranscriptWriter(),
    endActivity: options.endActivity ?? (async () => true),
    target: (requested) => sessionTarget(config, pathOf, requested),
    store,
    storeOf: (agentId) => store(pathOf(agentId)),
    change: async (file, change) => {
      const { result, forgotten } = await store(file).update((draft) => ({
        result: change(draft),
        forgotten: evict(draft, plan, now()),
      }));
      if (forgotten.length > 0) await archiveForgotten(places, file, forgotten, plan, now());
      return result;
    },
    alone: (target, work) => turns.take(`${target.path}\t${target.key}`, work),
    listPath: () => {
      if (!isStoreTemplate(configured)) return pathOf(defaultAgentId(config));
      const trimmed = configured?.trim() ?? "";
      return trimmed === "" ? "(multiple)" : trimmed;
    },
    combined: () => combined.all(owned()),
    combinedWhere: (find) => combined.some(owned(), find),
    mentioning: (id) => {
      const uuid = id.toLowerCase();
      return isUuid(uuid)
        ? combined.some(owned(), (view) => view.keysMentioning(uuid))
        : combined.all(owned());
    },
    agents,
    durability: durabilityText({ path: pathOf(defaultAgentId(config)), durability }),
    healthSessions: (agentId) => summarize(store(pathOf(agentId)), now()),
    openStores: () => stores.size,
    close: async () => {
      await turns.settle();
      await Promise.all([...stores.values()].map((opened) => opened.close()));
    },
  };
}
