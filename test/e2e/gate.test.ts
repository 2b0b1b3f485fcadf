import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Decision } from "../../src/harness/gate/index.ts";
import { lockstep } from "../support/command.ts";
import { makeSuite, put, recordFromReference } from "../support/private-suite.ts";

const HEALTH = `
title: A method that is not there is refused by its name
why: A silent gateway is a hanging client
covers: [frames]
steps:
  - call: no.such.method
`;
const BUG = `
oracle-bug:
  what: It refuses what nobody asked
  why: Nobody can use such an answer
  instead: Refuse it in better words
`;
const LABEL = `
title: A label is stored with the session it is given to
why: Labels address sessions, and nothing else does
covers: [sessions.patch]
steps:
  - call: sessions.patch
    params: { key: "{{key:a}}", label: "ops {{run}}" }
`;
const SCENARIOS = { "frames/unknown-method": HEALTH, "sessions.patch/label": LABEL };
/** Two runs are all that a test waits for; everything else that takes hours or an oracle is left out, and said so. */
const POLICY = `
greenRuns: 2
overDays: 0
mutation: { required: false }
performance: { required: false }
soak: { required: false }
liveCompare: { required: false }
rollbackCheck: { required: false }
`;
const BUILD = "3d1f00c";

let suite = "";
let wrongSuite = "";
let scratch = "";
let policy = "";

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "lockstep-gate-"));
  suite = makeSuite(SCENARIOS);
  wrongSuite = makeSuite(SCENARIOS);
  await recordFromReference(suite);
  await recordFromReference(wrongSuite, (recording) => {
    const text = JSON.stringify(recording).replaceAll("unknown method", "no such method");
    return JSON.parse(text) as typeof recording;
  });
  policy = join(scratch, "policy.yaml");
  writeFileSync(policy, POLICY);
  for (const root of [suite, wrongSuite]) {
    const { exitCode, stderr } = await lockstep(["requirements", "freeze", "small", "--suite", root]);
    if (exitCode !== 0) throw new Error(stderr);
  }
});

afterAll(() => {
  for (const folder of [suite, wrongSuite, scratch]) rmSync(folder, { recursive: true, force: true });
});

const run = (root: string, reports: string, name: string, ...more: string[]) =>
  lockstep([
    "run",
    "--suite",
    root,
    "--requirements",
    "small",
    "--candidate",
    BUILD,
    "--no-save",
    "--out",
    join(reports, name),
    ...more,
  ]);

async function ask(root: string, reports: string, ...more: string[]) {
  const out = mkdtempSync(join(scratch, "decision-"));
  const ended = await lockstep([
    "gate",
    "--suite",
    root,
    "--reports",
    reports,
    "--requirements",
    "small",
    "--policy",
    policy,
    "--out",
    out,
    ...more,
  ]);
  const decision = JSON.parse(readFileSync(join(out, "decision.json"), "utf8")) as Decision;
  return { ...ended, decision, certificate: readFileSync(join(out, "certificate.md"), "utf8") };
}

describe("lockstep gate", { timeout: 120_000 }, () => {
  it("says unknown until there is enough, then yes to the bundled gateway", async () => {
    const reports = join(scratch, "green");
    expect(await run(suite, reports, "1")).toMatchObject({ exitCode: 0 });
    const early = await ask(suite, reports);
    expect(early.exitCode).toBe(3);
    expect(early.decision.reasons.map(({ type }) => type)).toEqual(["TooFewGreenRuns"]);

    expect(await run(suite, reports, "2")).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout, decision, certificate } = await ask(suite, reports, "--candidate", BUILD);
    expect(stdout).toContain(`YES: reference (build ${BUILD}) may replace openclaw@2026.2.17\n`);
    expect(stdout).toContain("the policy is weaker than the default: greenRuns 2, overDays 0");
    expect(exitCode).toBe(0);
    expect(decision).toMatchObject({
      answer: "yes",
      required: { ok: 2, waived: 0, other: 0 },
      green: { runs: 2 },
    });
    expect(certificate).toContain(decision.counted[0]?.sha256);

    const other = await ask(suite, reports, "--candidate", "another");
    expect(other.exitCode).toBe(3);
    expect(other.decision.reasons.map(({ type }) => type)).toContain("CandidateDiffersFromReport");
  });

  it("says no to what differs, and to what is waived unless that is allowed", async () => {
    const reports = join(scratch, "red");
    const waivers = join(scratch, "lockstep.waivers.yaml");
    expect(await run(wrongSuite, reports, "1")).toMatchObject({ exitCode: 1 });
    const failed = await ask(wrongSuite, reports);
    expect(failed.exitCode).toBe(1);
    expect(failed.decision.reasons[0]).toMatchObject({
      type: "RequiredScenarioFailed",
      subjects: ["frames/unknown-method"],
    });

    const report = join(reports, "1", "outcome.json");
    const updated = await lockstep(["waivers", "update", "--waivers", waivers, "--report", report]);
    expect(updated.stdout).toContain("added: frames.unknown-method-1: text at /received/0/error/message");
    const refused = await run(wrongSuite, reports, "2", "--waivers", waivers);
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain("the reason was never filled in");

    const text = readFileSync(waivers, "utf8");
    writeFileSync(
      waivers,
      text.replace("issue: TODO", "issue: https://example.com/1").replaceAll("TODO", "somebody"),
    );
    const green = await run(wrongSuite, reports, "2", "--waivers", waivers);
    expect(green.stdout).toMatch(
      /waivers:\n {2}used {7}frames\.unknown-method-1 {2}excuses 1 difference of 1 case; expires on .*, in 30 days/,
    );
    expect(green.exitCode).toBe(0);
    const waived = await ask(wrongSuite, reports);
    expect(waived.exitCode).toBe(1);
    expect(waived.decision.reasons.map(({ type }) => type)).toContain("WaiverOnRequired");
  });

  it("refuses what it cannot use", async () => {
    const empty = mkdtempSync(join(scratch, "empty-"));
    const args = ["gate", "--suite", suite, "--reports", empty, "--out", empty, "--requirements"];
    expect(await lockstep([...args, "none"])).toMatchObject({ exitCode: 2 });
    expect((await lockstep([...args, "none"])).stderr).toContain("sets of this suite: small");
    writeFileSync(join(empty, "bad.yaml"), "greenRun: 1\n");
    const bad = await lockstep([...args, "small", "--policy", join(empty, "bad.yaml")]);
    expect(bad).toMatchObject({ exitCode: 2 });
    expect(bad.stderr).toContain("code: POLICY_INVALID");
    expect(await lockstep([...args, "small", "--reports", join(empty, "not-there")])).toMatchObject({
      exitCode: 2,
    });
    expect(await lockstep([...args, "small"])).toMatchObject({ exitCode: 3 });
    expect(existsSync(join(empty, "certificate.md"))).toBe(true);
  });
});

describe("lockstep waivers", { timeout: 60_000 }, () => {
  const waiver = (members: string) => `waivers:
  # kept
  - id: one
    scenario: frames/unknown-method
    pointer: /received/0/error/message
    kind: text
    level: exact
    reason: says it in other words
    issue: https://example.com/1
    owner: somebody
    class: failing
${members}`;
  const write = (name: string, members: string): string => {
    const file = join(scratch, name);
    writeFileSync(file, waiver(members));
    return file;
  };
  const soon = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);

  it("check: 0 when all is well, 4 for what expired or matches nothing, 2 for what is not valid", async () => {
    const check = (file: string) => lockstep(["waivers", "check", "--suite", suite, "--waivers", file]);
    const good = await check(write("good.yaml", `    expires: ${soon}\n`));
    expect(good).toMatchObject({ exitCode: 0 });
    expect(good.stdout).toBe("1 waiver, 0 to mend; one expires first, in 20 days\n");
    const expired = await check(write("expired.yaml", "    expires: 2026-01-31\n"));
    expect(expired).toMatchObject({ exitCode: 4 });
    expect(expired.stdout).toMatch(/^expired: one: expired on 2026-01-31, \d+ days ago/);
    expect((await check(write("lost.yaml", `    expires: ${soon}\n    step: 9\n`))).stdout).toMatch(
      /^unmatched: one: the scenario has no step 9/,
    );
    expect(await check(write("far.yaml", "    expires: 2999-01-01\n"))).toMatchObject({ exitCode: 2 });
    expect(await check(join(scratch, "not-there.yaml"))).toMatchObject({ exitCode: 2 });
  });

  it("a stale waiver is exit 4; prune takes it out, renew gives it a new day", async () => {
    const file = write("stale.yaml", `    expires: ${soon}\n`);
    const reports = join(scratch, "stale");
    const stale = await run(suite, reports, "1", "--waivers", file);
    expect(stale.exitCode).toBe(4);
    expect(stale.stdout).toMatch(/stale {6}one {2}nothing it excuses differs any more/);
    expect(await run(suite, reports, "2", "--no-waivers")).toMatchObject({ exitCode: 0 });

    const later = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
    const renew = (day: string) => lockstep(["waivers", "renew", "one", "--waivers", file, "--expires", day]);
    expect(await renew("2999-01-01")).toMatchObject({ exitCode: 2 });
    expect(await renew(later)).toMatchObject({ exitCode: 0, stdout: `renewed: one until ${later}\n` });
    expect(readFileSync(file, "utf8")).toBe(waiver(`    expires: ${later}\n`));

    const report = join(reports, "1", "outcome.json");
    const pruned = await lockstep(["waivers", "prune", "--waivers", file, "--report", report]);
    expect(pruned).toMatchObject({ exitCode: 0 });
    expect(pruned.stdout).toContain("1 waiver removed, 0 left");
  });
});

describe("an oracle-bug that came after the set", { timeout: 60_000 }, () => {
  it("lets a run pass, and the gate says no", async () => {
    const root = makeSuite(SCENARIOS);
    await recordFromReference(root, (recording) => {
      const text = JSON.stringify(recording).replaceAll("unknown method", "no such method");
      return JSON.parse(text) as typeof recording;
    });
    await lockstep(["requirements", "freeze", "small", "--suite", root]);
    put(
      root,
      "conformance/scenarios/frames/unknown-method.yaml",
      `id: frames/unknown-method\n${HEALTH}${BUG}`,
    );
    const reports = mkdtempSync(join(scratch, "reports-"));
    expect(await run(root, reports, "1")).toMatchObject({ exitCode: 0 });
    const { decision } = await ask(root, reports);
    expect(decision).toMatchObject({
      answer: "no",
      reasons: [{ type: "DepartureNotAllowed", subjects: ["frames/unknown-method"] }, {}],
    });
    rmSync(root, { recursive: true, force: true });
  });
});

describe("requirement sets", { timeout: 60_000 }, () => {
  it("are never changed, and check holds the suite to them", async () => {
    const again = await lockstep(["requirements", "freeze", "small", "--suite", suite]);
    expect(again).toMatchObject({ exitCode: 2 });
    expect(again.stderr).toContain("code: REQUIREMENTS_FROZEN");

    const root = makeSuite(SCENARIOS);
    await recordFromReference(root);
    await lockstep(["requirements", "freeze", "small", "--suite", root]);
    expect(await lockstep(["check", "--suite", root])).toMatchObject({ exitCode: 0 });
    const file = "conformance/scenarios/frames/unknown-method.yaml";
    put(root, file, `id: frames/unknown-method\n${HEALTH}${BUG}`);
    const weakened = await lockstep(["check", "--suite", root]);
    expect(weakened.stdout).toContain(
      "weakened: frames/unknown-method has an oracle-bug where the requirement set small allows no departure",
    );
    expect(weakened.exitCode).toBe(4);
    put(root, file, `id: frames/unknown-method\n${HEALTH}  - call: health\n`);
    const changed = await lockstep(["check", "--suite", root]);
    expect(changed.stdout).toContain(
      "changed: frames/unknown-method is not what the requirement set small froze",
    );
    rmSync(join(root, "conformance/scenarios/frames/unknown-method.yaml"));
    const gone = await lockstep(["check", "--suite", root]);
    expect(gone.stdout).toContain("vanished: frames/unknown-method of the requirement set small");
    expect(gone.exitCode).toBe(2);
    const run = await lockstep(["run", "--suite", root, "--requirements", "small", "--no-save"]);
    expect(run).toMatchObject({ exitCode: 2 });
    rmSync(root, { recursive: true, force: true });
  });

  it("are selected with their levels, and by nothing else besides", async () => {
    const both = await lockstep(["run", "--suite", suite, "--requirements", "small", "--level", "shape"]);
    expect(both).toMatchObject({ exitCode: 2 });
    const one = await lockstep([
      "run",
      "--suite",
      suite,
      "--requirements",
      "small",
      "frames/*",
      "--reporter",
      "json",
      "--no-save",
    ]);
    const outcome = JSON.parse(one.stdout) as { cases: { id: string; required: string; repeat: string }[] };
    expect(outcome.cases.map(({ id, required }) => [id, required])).toEqual([
      ["frames/unknown-method", "exact"],
    ]);
    expect(outcome.cases[0]?.repeat).toContain("--requirements small");
  });
});
