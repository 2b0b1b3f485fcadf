import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSubject, type Subject } from "./support/gateway.ts";
import { observe, type Observer } from "./support/observer.ts";
import { type Openclaw, prepareOpenclaw } from "./support/openclaw.ts";
import { hasTerminal, openTerminal, type Terminal } from "./support/terminal.ts";

const KEY = "agent:main:terminal";
const canRun = hasTerminal();
if (!canRun)
  console.warn("openclaw tui is not tried: `script` of util-linux, which gives it a terminal, is not here");

describe.skipIf(!canRun)("openclaw tui", () => {
  let subject: Subject;
  let openclaw: Openclaw;
  let observer: Observer;
  let terminal: Terminal;
  beforeAll(async () => {
    subject = await startSubject();
    openclaw = await prepareOpenclaw(subject);
    observer = await observe(subject);
    const flags = ["--url", subject.url, "--token", subject.token, "--session", KEY];
    terminal = openTerminal(openclaw, "tui", ...flags);
  });
  afterAll(async () => {
    await terminal.close();
    await observer.close();
    await openclaw.dispose();
    await subject.dispose();
  });

  it("connects", async () => {
    await terminal.until(/session agent:main:terminal[^]*connected \| idle/);
    expect(await observer.call("system-presence", {})).toContainEqual(
      expect.objectContaining({ host: "openclaw-tui", mode: "ui", reason: "connect" }),
    );
  });

  it("chats", async () => {
    terminal.type("hello gateway\r");
    await terminal.until(/You said: hello gateway\./);
    await terminal.until(/stub\/echo \| tokens /);
    const { messages } = await observer.call("chat.history", { sessionKey: KEY });
    expect(messages).toMatchObject([
      { role: "user" },
      { role: "assistant", content: [{ type: "text", text: "You said: hello gateway." }] },
    ]);
  });

  it("/status shows what the gateway says of itself", async () => {
    const mark = terminal.mark();
    terminal.type("/status\r");
    await terminal.until(/Gateway status[^]*Recent sessions:[^]*flags:/, mark);
    const shown = terminal.text().slice(mark);
    expect(shown).toMatch(/Session store: .*sessions\.json/);
    expect(shown).toContain("Active sessions: 1");
    expect(shown).toMatch(/- agent:main:terminal \[direct\] \| just now \| model echo \| tokens /);
  });

  it("/model changes the model of the session", async () => {
    const mark = terminal.mark();
    terminal.type("/model stub/slow\r");
    await terminal.until(/model set to stub\/slow/, mark);
    const { sessions } = await observer.call("sessions.list", {});
    expect(sessions).toMatchObject([{ key: KEY, modelProvider: "stub", model: "slow" }]);
  });

  it("Esc aborts the run", async () => {
    const mark = terminal.mark();
    terminal.type("take your time\r");
    await terminal.until(/word-4/, mark);
    terminal.type("\u001b");
    await terminal.until(/run aborted/, mark);
    expect(terminal.text().slice(mark)).not.toContain("word-40");
    const { messages } = await observer.call("chat.history", { sessionKey: KEY });
    expect(JSON.stringify(messages)).toMatch(/word-4/);
    expect(JSON.stringify(messages)).not.toMatch(/word-40/);
  });

  it("/exit ends it", async () => {
    terminal.type("/exit\r");
    expect(await terminal.ended).toBe(0);
  });
});
