import type { z } from "zod";
import { isObject, valueAt } from "./json.ts";
import { NO_KIND, STEP_SCHEMAS, kindOf } from "./step-kind.ts";
import type { SourceProblem, YamlSource } from "./yaml-source.ts";

type Issue = z.core.$ZodIssue;

const SCHEMA_HINT =
  "Editors complete and explain such a file from its JSON Schema, which is in schemas/lockstep";

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part)}`).join("");
}

function get(root: unknown, path: readonly PropertyKey[]): unknown {
  return valueAt(
    root,
    path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
  )?.value;
}

/** Of the branches of a union, the one that got furthest into the value; it is the one the author meant. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]): number =>
    Math.max(0, ...issues.map((issue) => issue.path.length));
  return branches.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
}

function flatten(issue: Issue, before: readonly PropertyKey[]): Issue[] {
  const path = [...before, ...issue.path];
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [{ ...issue, path }];
  const inner = likeliest(issue.errors);
  return inner.some((one) => one.path.length > 0)
    ? inner.flatMap((one) => flatten(one, path))
    : [{ ...issue, path, message: inner[0]?.message ?? issue.message }];
}

/** A step's own problems: checked as the kind that it names, since a union of all kinds blames any of them. */
function checkStep(step: unknown, path: readonly PropertyKey[]): Issue[] {
  const kind = isObject(step) ? kindOf(step) : undefined;
  if (kind === undefined) {
    return [{ code: "custom", path: [...path], message: NO_KIND, input: step }];
  }
  const issues = STEP_SCHEMAS[kind].safeParse(step).error?.issues ?? [];
  return issues.flatMap((issue) => flatten(issue, path));
}

function isInStep(issue: Issue): boolean {
  return issue.path[0] === "steps" && issue.path.length > 1;
}

/**
 * Checks a file's value against its schema.
 * @returns every problem with its position; none when it fits.
 */
export function checkShape(schema: z.ZodType, source: YamlSource): SourceProblem[] {
  const found = schema.safeParse(source.value).error?.issues ?? [];
  const issues = found.filter((issue) => !isInStep(issue)).flatMap((issue) => flatten(issue, []));
  for (const index of new Set(found.filter(isInStep).map((issue) => issue.path[1]))) {
    const path = ["steps", index ?? 0];
    issues.push(...checkStep(get(source.value, path), path));
  }
  return issues.map((issue) => {
    const unknownKey = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
    const path = unknownKey === undefined ? issue.path : [...issue.path, unknownKey];
    const at = pointerOf(issue.path);
    return {
      file: source.file,
      ...source.locate(path, unknownKey === undefined ? "value" : "key"),
      message: at === "" ? issue.message : `${at}: ${issue.message}`,
      hint: SCHEMA_HINT,
    };
  });
}
