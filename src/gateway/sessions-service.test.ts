import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSessionService, type SessionService } from "./sessions-service.ts";

let stateDir: string;
let service: SessionService;
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), "lockstep-service-"));
  service = openSessionService({ config: {}, stateDir, now: () => 1 });
});
afterEach(async () => {
  await service.close();
  rmSync(stateDir, { recursive: true, force: true });
});

it("keeps nothing of agents that there are not, however many are asked for", async () => {
  await service.change(service.target("agent:real:main").path, (draft) =>
    draft.set("agent:real:main", { sessionId: "s", updatedAt: 1 }),
  );
  for (let n = 0; n < 2_000; n += 1) {
    const target = service.target(`agent:ghost${n}:main`);
    expect(service.store(target.path).view().size).toBe(0);
  }
  expect(service.openStores()).toBeLessThanOrEqual(501);
  const real = service.storeOf("real");
  expect(real.view().get("agent:real:main")).toMatchObject({ sessionId: "s" });
  expect(service.storeOf("real")).toBe(real);
});
