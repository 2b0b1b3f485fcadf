import { readFileSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ledger } from "../../src/harness/coverage/index.ts";
import { lockstep } from "../support/command.ts";
import { makeSuite, put, recordFromReference } from "../support/private-suite.ts";

const POLICY = `
title: A send policy is stored with the session it is given to
why: A port that drops it sends where it must not
covers: [sessions.patch]
steps:
  - call: sessions.patch
    params: { key: "{{key:a}}", sendPolicy: deny }
  - call: sessions.patch
    params: { key: "{{key:a}}", label: "  " }
`;
const ADVERTISED = {
  format: "lockstep-advertised/1",
  oracle: { name: "openclaw", version: "2026.2.17", protocol: 3, node: "v20.20.2" },
  recorded: { at: "2026-02-18T08:00:00.000Z", tool: "test" },
  methods: ["sessions.patch", "tts.status", "wizard.start"],
  events: ["tick"],
};
const EXCLUSIONS = "exclusions:\n  - family: speech\n    methods: [tts.*]\n    why: needs a microphone\n";

let suite = "";

beforeAll(async () => {
  suite = makeSuite({ "sessions.patch/policy": POLICY });
  await recordFromReference(suite);
  put(suite, "recordings/openclaw-2026.2.17/advertised.json", JSON.stringify(ADVERTISED));
  put(suite, "conformance/exclusions.yaml", EXCLUSIONS);
});

afterAll(() => rmSync(suite, { recursive: true, force: true }));

describe.concurrent("lockstep coverage", { timeout: 90_000 }, () => {
  it("prints what is recorded, excluded and neither: exit 0", async () => {
    const { exitCode, stdout, stderr } = await lockstep(["coverage", "--suite", suite]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/ {2}sessions\.patch +1 +1 +2\/16 +1\/11 /);
    expect(stdout).toContain("sessions.patch  params seen only where refused: label\n");
    expect(stdout).toContain("  speech: needs a microphone\n    methods: tts.status\n");
    expect(stdout).toContain("  method wizard.start\n");
  });

  it("gives everything as JSON", async () => {
    const { exitCode, stdout } = await lockstep(["coverage", "--suite", suite, "--json"]);
    const ledger = JSON.parse(stdout) as Ledger;
    const patch = ledger.methods.find(({ name }) => name === "sessions.patch");
    expect(exitCode).toBe(0);
    expect(patch).toMatchObject({
      status: "recorded",
      scenarios: ["sessions.patch/policy"],
      enums: { seen: ["sendPolicy=deny"] },
      errors: { seen: ["invalid label: empty"] },
    });
    expect(ledger.holes).toContain("method wizard.start");
    expect(ledger.holes).not.toContain("method tts.status");
  });

  it("with --check a hole is exit 1", async () => {
    expect((await lockstep(["coverage", "--suite", suite, "--check"])).exitCode).toBe(1);
  });

  it("refuses exclusions that give no reason: exit 2, the file and the line", async () => {
    const wrong = makeSuite({});
    put(wrong, "conformance/exclusions.yaml", "exclusions:\n  - family: speech\n    methods: [tts.*]\n");
    const { exitCode, stderr } = await lockstep(["coverage", "--suite", wrong]);
    rmSync(wrong, { recursive: true });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("conformance/exclusions.yaml:2:5: /exclusions/0/why");
    expect(stderr).toContain("EXCLUSIONS_INVALID (exit 2)");
  });

  it("is a section of PARITY.md", async () => {
    expect((await lockstep(["parity", "--suite", suite])).exitCode).toBe(0);
    const page = readFileSync(`${suite}/PARITY.md`, "utf8");
    expect(page).toContain("## Coverage");
    expect(page).toContain("* method wizard.start");
  });
});
