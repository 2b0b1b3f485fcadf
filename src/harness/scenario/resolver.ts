import { parseExpression } from "./expression.ts";
import type { Expression } from "./expression.ts";
import { ABSENT, KEEP, TemplateError, render } from "./template.ts";
import type { Resolve } from "./template.ts";

/** Where a running target is. */
export interface Place {
  readonly token: string;
  readonly port: number;
  /** Absolute real path of the state directory, when there is one. */
  readonly state?: string;
}

/** What templates of one run of one case may refer to. What is absent is left for later (`{{state}}` and the like). */
export interface TemplateScope {
  /** Short id of the run: 8 lower-case letters and digits. */
  readonly run: string;
  /** The target's clock when the case began, epoch ms. */
  readonly now: number;
  readonly let?: Readonly<Record<string, unknown>>;
  readonly case?: Readonly<Record<string, unknown>>;
  readonly place?: Place;
  /** Base URL of the scripted model, when one runs. */
  readonly modelUrl?: string;
  readonly bound?: ReadonlyMap<string, unknown>;
  /** Counter of a fixture's repeat. */
  readonly i?: number;
  /** Id of a device by name; makes the device when it is new. */
  readonly deviceId?: (name: string) => string;
  /** Token from that device's last hello-ok. */
  readonly deviceToken?: (name: string) => string | undefined;
  /** Nonce of a connection's challenge. */
  readonly nonce?: (connection: string) => string | undefined;
  /** Told of every time that is used, by its expression. */
  readonly onTime?: (name: string, value: number | string) => void;
  /** Told of every session key of the run's own that is used. */
  readonly onKey?: (key: string) => void;
}

/** The session key that `{{key:NAME}}` stands for: in the run's own namespace, so runs don't meet. */
export function sessionKeyFor(run: string, name: string): string {
  return `agent:main:lockstep-${run}-${name}`;
}

type Member = Extract<Expression, { kind: "let" | "case" | "bind" }>;

/** Most levels of `let` inside `let`, or `case` inside `case`. */
const DEPTH_LIMIT = 16;

function notDeeper(depth: number, { kind, name }: Member): void {
  if (depth >= DEPTH_LIMIT) throw new TemplateError(`${kind}.${name} goes round in a circle`);
}

function walk(value: unknown, path: readonly string[], what: string): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) {
      throw new TemplateError(`${what} has no ${step}`);
    }
    here = (here as Record<string, unknown>)[step];
  }
  return here;
}

function own(record: Readonly<Record<string, unknown>>, { kind, name, path }: Member): unknown {
  if (!Object.hasOwn(record, name)) throw new TemplateError(`${kind}.${name} is not defined`);
  return walk(record[name], path, `${kind}.${name}`);
}

function needed<T>(value: T | undefined, why: string): T {
  if (value === undefined) throw new TemplateError(why);
  return value;
}

function caseResolverAt(values: Readonly<Record<string, unknown>>, depth: number): Resolve {
  return (text) => {
    const expression = parseExpression(text);
    return expression?.kind === "case" ? caseValue(values, expression, depth) : KEEP;
  };
}

function caseValue(values: Readonly<Record<string, unknown>>, member: Member, depth: number): unknown {
  notDeeper(depth, member);
  return render(own(values, member), caseResolverAt(values, depth + 1));
}

function valueOf(expression: Expression, scope: TemplateScope, depth: number): unknown {
  switch (expression.kind) {
    case "absent":
      return ABSENT;
    case "run":
      return scope.run;
    case "key": {
      const key = sessionKeyFor(scope.run, expression.name);
      scope.onKey?.(key);
      return key;
    }
    case "token":
    case "port":
      return scope.place === undefined ? KEEP : scope.place[expression.kind];
    case "model":
      return needed(scope.modelUrl, "{{model}} needs a fixture model:NAME");
    case "state":
      if (scope.place === undefined) return KEEP;
      return needed(scope.place.state, "{{state}} needs a target that we launch");
    case "now": {
      const time = scope.now + expression.offsetMs;
      return expression.iso ? new Date(time).toISOString() : time;
    }
    case "clock":
      return new Date(scope.now + expression.offsetMs).toISOString().slice(11, 16);
    case "i":
      return scope.i === undefined ? KEEP : scope.i + expression.add;
    case "repeat":
      return expression.text.repeat(expression.times);
    case "let": {
      notDeeper(depth, expression);
      const value = scope.let === undefined ? KEEP : own(scope.let, expression);
      return value === KEEP ? KEEP : render(value, resolverAt(scope, depth + 1));
    }
    case "case":
      notDeeper(depth, expression);
      if (scope.case === undefined) return KEEP;
      return render(own(scope.case, expression), resolverAt(scope, depth + 1));
    case "bind":
      if (scope.bound === undefined) return KEEP;
      if (!scope.bound.has(expression.name)) {
        throw new TemplateError(`bind.${expression.name} is not bound yet`);
      }
      return walk(scope.bound.get(expression.name), expression.path, `bind.${expression.name}`);
    case "device":
      return scope.deviceId === undefined ? KEEP : scope.deviceId(expression.name);
    case "deviceToken":
      if (scope.deviceToken === undefined) return KEEP;
      return needed(scope.deviceToken(expression.name), `device ${expression.name} has no token yet`);
    case "nonce":
      if (scope.nonce === undefined) return KEEP;
      return needed(scope.nonce(expression.name), `connection ${expression.name} has no challenge`);
    default:
      return expression satisfies never;
  }
}

function resolverAt(scope: TemplateScope, depth: number): Resolve {
  return (text) => {
    const expression = parseExpression(text);
    if (expression === undefined) throw new TemplateError(`{{${text}}} is not a known template`);
    const value = valueOf(expression, scope, depth);
    if (expression.kind === "now" && (typeof value === "number" || typeof value === "string")) {
      scope.onTime?.(text, value);
    }
    return value;
  };
}

/**
 * The resolver for one scope.
 * @throws TemplateError (when called) for an unknown expression or a name that has no value.
 */
export function createResolver(scope: TemplateScope): Resolve {
  return resolverAt(scope, 0);
}

/** Fills in `{{case.NAME}}` alone; everything else stays for the run. A case's values may name one another. */
export function caseResolver(values: Readonly<Record<string, unknown>>): Resolve {
  return caseResolverAt(values, 0);
}
