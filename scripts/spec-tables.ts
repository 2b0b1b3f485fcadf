/** Writes the tables of SPEC.md from the contract; with `--check` it only says whether they are current. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  CLIENT_IDS,
  CLIENT_MODES,
  CLOSE_CODES,
  ERROR_CODES,
  EVENTS,
  type EventContract,
  METHODS,
  type MethodContract,
  POLICY,
  SCOPES,
  toJsonSchema,
} from "../src/contract/index.ts";

const FILE = fileURLToPath(new URL("../SPEC.md", import.meta.url));

const cell = (text: string): string => text.replaceAll("|", "\\|");
const code = (text: string): string => `\`${cell(text)}\``;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

function fieldsOf(schema: MethodContract["params"]): string {
  const exported = toJsonSchema(schema);
  const properties = exported["properties"];
  if (typeof properties !== "object" || properties === null) return "anything";
  const required = new Set(Array.isArray(exported["required"]) ? exported["required"] : []);
  return Object.keys(properties)
    .map((field) => code(required.has(field) ? field : `${field}?`))
    .join(", ");
}

function methodsTable(): string {
  const rows = Object.entries<MethodContract>(METHODS).map(([name, method]) => [
    code(name),
    code(method.scope),
    fieldsOf(method.params),
    method.origin === "openclaw" ? `openclaw ${method.since}` : "lockstep",
    method.advertised ? "yes" : "no",
  ]);
  return table(["method", "scope", "params", "origin", "in hello-ok"], rows);
}

function errorsTable(): string {
  const rows = Object.entries<MethodContract>(METHODS).flatMap(([name, method]) =>
    method.errors.map((text) => [code(name), code(text)]),
  );
  return table(["method", "text"], rows);
}

function eventsTable(): string {
  const rows = Object.entries<EventContract>(EVENTS).map(([name, event]) => [
    code(name),
    event.broadcast ? "broadcast, with `seq`" : "one connection, no `seq`",
    event.scope === undefined ? "everybody" : code(event.scope),
    event.droppable ? "loses it" : "is closed",
  ]);
  return table(["event", "sent as", "seen by", "a slow consumer"], rows);
}

const limitsTable = (): string =>
  table(
    ["limit", "value"],
    Object.entries(POLICY).map(([name, value]) => [code(name), String(value)]),
  );

const wordsTable = (): string =>
  table(
    ["set", "values"],
    [
      ["error codes", ERROR_CODES.map(code).join(", ")],
      ["scopes", SCOPES.map(code).join(", ")],
      ["client ids", CLIENT_IDS.map(code).join(", ")],
      ["client modes", CLIENT_MODES.map(code).join(", ")],
      [
        "close codes",
        Object.entries(CLOSE_CODES)
          .map(([name, value]) => `${value} ${name}`)
          .join(", "),
      ],
    ],
  );

const TABLES: Record<string, () => string> = {
  methods: methodsTable,
  errors: errorsTable,
  events: eventsTable,
  limits: limitsTable,
  words: wordsTable,
};

const before = readFileSync(FILE, "utf8");
const after = before.replaceAll(
  /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
  (whole, open: string, name: string, close: string) => {
    const render = TABLES[name];
    return render === undefined ? whole : `${open}\n${render()}\n\n${close}`;
  },
);

if (process.argv.includes("--check")) {
  if (after !== before) {
    console.error("SPEC.md is stale: run `npm run spec`");
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, after);
}
