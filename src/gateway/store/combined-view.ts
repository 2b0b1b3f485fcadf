import type { GatewayConfig } from "../config/types.ts";
import { type CombinedSession, combineStores, type OwnedEntries } from "../sessions/combine.ts";
import { isSharedKey, keyForOwner } from "../sessions/key.ts";
import type { StoreView } from "./types.ts";

/** One agent's store, as it is now. */
export interface OwnedView {
  readonly ownerId: string;
  readonly view: StoreView;
}

/** Every stored key of a view that its owner's sessions know as `key`. */
function storedAs({ ownerId, view }: OwnedView, key: string): string[] {
  const prefix = keyForOwner(ownerId, "");
  const short = !isSharedKey(key) && key.startsWith(prefix) ? view.keysLike(key.slice(prefix.length)) : [];
  return [...view.keysLike(key), ...short].filter((stored) => keyForOwner(ownerId, stored) === key);
}

/** The sessions of all agents under canonical keys, found without putting all of them together. */
export class CombinedView {
  private readonly config: GatewayConfig;
  private whole:
    | {
        readonly of: readonly (OwnedView & { readonly revision: number })[];
        readonly sessions: ReadonlyMap<string, CombinedSession>;
      }
    | undefined;

  constructor(config: GatewayConfig) {
    this.config = config;
  }

  /** All of them; put together again only when a store has changed. */
  all(owned: readonly OwnedView[]): ReadonlyMap<string, CombinedSession> {
    const { whole } = this;
    const isCurrent =
      whole?.of.length === owned.length &&
      whole.of.every((known, at) => {
        const now = owned[at];
        return (
          known.ownerId === now?.ownerId && known.view === now.view && known.revision === now.view.revision
        );
      });
    if (whole !== undefined && isCurrent) return whole.sessions;
    const entries = owned.map(({ ownerId, view }) => ({ ownerId, entries: view.entries() }));
    const sessions = combineStores(this.config, entries);
    this.whole = { of: owned.map((each) => ({ ...each, revision: each.view.revision })), sessions };
    return sessions;
  }

  /**
   * Those of which any store holds one that `find` gives, in the order in which {@link all} has them. What other stores
   * hold of the same session is part of it, so that a member may turn out to be another than the one looked for.
   * @param find stored keys of one store; costs as much as it finds.
   */
  some(
    owned: readonly OwnedView[],
    find: (view: StoreView) => readonly string[],
  ): ReadonlyMap<string, CombinedSession> {
    const keys = new Set<string>();
    for (const { ownerId, view } of owned)
      for (const stored of find(view)) keys.add(keyForOwner(ownerId, stored));
    const parts = owned.map((each): OwnedEntries => {
      const { ownerId, view } = each;
      const stored = [...new Set([...keys].flatMap((key) => storedAs(each, key)))];
      stored.sort((a, b) => view.position(a) - view.position(b));
      return { ownerId, entries: stored.map((key) => [key, view.get(key)] as const) };
    });
    return combineStores(this.config, parts);
  }
}
