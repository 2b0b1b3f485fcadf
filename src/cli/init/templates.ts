import { stringify } from "yaml";

/** Text of a YAML value that fits on the line of its key. */
const scalar = (value: string): string => stringify(value, { lineWidth: 0 }).trimEnd();

const SCHEMAS = "node_modules/lockstep/schemas/lockstep";
const EXAMPLE_COMMAND = "./my-gateway --port {port} --token {token} --state-dir {state}";

/** How the target of a new configuration is written: a command to launch, or a URL. */
function targetLines(spec: string): string {
  if (!/^wss?:/i.test(spec)) {
    const command = spec.startsWith("cmd:") ? spec.slice("cmd:".length) : EXAMPLE_COMMAND;
    return `    # Launched for each case, in this folder. {port} is free, {token} fresh, {state} an empty state directory with openclaw.json;
    # OPENCLAW_GATEWAY_PORT, OPENCLAW_GATEWAY_TOKEN and OPENCLAW_STATE_DIR say the same.
    command: ${scalar(command)}
    # Longest wait until it listens.
    readyTimeout: 30s`;
  }
  return `    url: ${scalar(spec)}
    # The environment variable that holds the shared token. Secrets never stand in this file.
    tokenEnv: LOCKSTEP_TOKEN`;
}

/**
 * A configuration with every member that most ports need, and the others as comments.
 * @param spec the target: `cmd:...`, a URL, or anything else for an example to fill in.
 */
export function configTemplate(spec: string): string {
  const isOther = /^(reference$|openclaw@)/.test(spec);
  const target = isOther ? scalar(spec) : "port";
  return `# yaml-language-server: $schema=${SCHEMAS}/config.schema.json
# Flags go before the environment (LOCKSTEP_TARGET, LOCKSTEP_CONCURRENCY, ...), that before this file.
# npx lockstep run --print-config shows what it comes to.

# What \`lockstep run\` checks when it is told nothing else: a name below, or a target such as ws://127.0.0.1:18789.
target: ${target}

# On the command line, @port stands for the target of that name.
targets:
  port:
${targetLines(isOther ? "" : spec)}
  # staging:
  #   url: wss://gateway.example.test
  #   tokenEnv: STAGING_TOKEN
  #   # A URL is only read; this lets a run make and delete sessions of its own there.
  #   allowWrites: true

# Whose recordings.
oracle: openclaw@2026.2.17

# Just what the release demands, each scenario at the level it demands; without it, everything.
# requirements: 2026.2.17

# Differences that are accepted for a time, each with a reason, an owner and a last day.
waivers: lockstep.waivers.yaml

# Every report of the last run: report.html to read, outcome.json for \`waivers update\`, \`report\` and \`gate\`.
out: lockstep-report

# reporters: [pretty, junit=junit.xml]
# concurrency: 4
# timeout: 5s
`;
}

/** A waivers file without a waiver. */
export const WAIVERS_TEMPLATE = `# yaml-language-server: $schema=${SCHEMAS}/waivers.schema.json
# Differences that are accepted for a time. After a run:
#   npx lockstep waivers update --report lockstep-report/outcome.json
# adds one for each; a run refuses the file until reason, issue and owner are filled in. One looks like this:
#
# waivers:
#   - id: sorts-by-creation
#     scenario: sessions.list/sort
#     pointer: /received/0/payload/sessions/*/updatedAt
#     kind: order
#     level: semantic
#     reason: sorts by creation until the second version of the store
#     issue: https://github.com/acme/port/issues/88
#     owner: "@acme/gateway"
#     expires: 2026-05-30
#     class: failing
waivers: []
`;

/** A workflow for GitHub Actions. */
export const WORKFLOW_TEMPLATE = `# Checks the port on every push. package.json has to name lockstep where CI can fetch it:
# the git address of its repository, or a tarball that npm pack made there.
name: lockstep
on:
  push: { branches: [main] }
  pull_request:
permissions: { contents: read }
jobs:
  check:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22 }
      # Build your port here, as lockstep.config.yaml expects to find it.
      - run: npm ci
      # The target is that of lockstep.config.yaml; differences become annotations, and the summary has a table.
      - run: npx lockstep run --candidate "$GITHUB_SHA" --out lockstep-report
      - run: npx lockstep waivers check
      - uses: actions/upload-artifact@v4
        if: always()
        with: { name: lockstep-report, path: lockstep-report }
`;
