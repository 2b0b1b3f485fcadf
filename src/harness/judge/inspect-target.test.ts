import { expect, it } from "vitest";
import { referenceTarget } from "../../../test/support/reference.ts";
import { inspectTarget } from "./inspect-target.ts";

it("learns which protocol a gateway speaks, and what it says it serves", async () => {
  const { findings, protocol, advertised } = await inspectTarget(referenceTarget(), true);
  expect(findings).toEqual([]);
  expect(protocol).toBe(3);
  expect(advertised?.methods).toContain("sessions.patch");
  expect(advertised?.events).toContain("connect.challenge");
});
