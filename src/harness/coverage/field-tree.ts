import { toJsonSchema } from "../../contract/index.ts";
import type { MethodContract } from "../../contract/index.ts";
import { isJsonObject, type Scalar } from "../learn/json-tree.ts";

/** What a schema names: the members of a value, of its items, and the literals it may be. */
export interface FieldTree {
  readonly members: ReadonlyMap<string, FieldTree>;
  /** Of every item, where the value may be an array. */
  readonly items?: FieldTree;
  /** Of members whose names the schema leaves open. */
  readonly rest?: FieldTree;
  /** Literals of an enum or of a union of literals; `null` counts where it is one of them. */
  readonly values: readonly Scalar[];
}

/** A schema that names nothing. */
export const NO_FIELDS: FieldTree = { members: new Map(), values: [] };

function mergeOptional(a: FieldTree | undefined, b: FieldTree | undefined): FieldTree | undefined {
  return a === undefined || b === undefined ? (a ?? b) : merge(a, b);
}

function merge(a: FieldTree, b: FieldTree): FieldTree {
  const members = new Map(a.members);
  for (const [name, tree] of b.members) {
    const known = members.get(name);
    members.set(name, known === undefined ? tree : merge(known, tree));
  }
  const items = mergeOptional(a.items, b.items);
  const rest = mergeOptional(a.rest, b.rest);
  return {
    members,
    values: [...new Set([...a.values, ...b.values])],
    ...(items === undefined ? {} : { items }),
    ...(rest === undefined ? {} : { rest }),
  };
}

function mergeAll(schemas: unknown): FieldTree | undefined {
  if (!Array.isArray(schemas)) return schemas === undefined ? undefined : read(schemas);
  return schemas.map(read).reduce<FieldTree | undefined>((all, one) => mergeOptional(all, one), undefined);
}

function literalsOf(schema: Readonly<Record<string, unknown>>): Scalar[] {
  if (Array.isArray(schema["enum"])) return schema["enum"] as Scalar[];
  return Object.hasOwn(schema, "const") ? [schema["const"] as Scalar] : [];
}

const isNull = (schema: unknown): boolean => isJsonObject(schema) && schema["type"] === "null";

function read(schema: unknown): FieldTree {
  if (!isJsonObject(schema)) return NO_FIELDS;
  const properties = isJsonObject(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  const items = mergeAll(schema["items"]);
  const rest = isJsonObject(schema["additionalProperties"])
    ? read(schema["additionalProperties"])
    : undefined;
  let tree: FieldTree = {
    members: new Map(properties.map(([name, property]) => [name, read(property)])),
    values: literalsOf(schema),
    ...(items === undefined ? {} : { items }),
    ...(rest === undefined ? {} : { rest }),
  };
  const branches = Array.isArray(schema["anyOf"]) ? (schema["anyOf"] as unknown[]) : [];
  for (const branch of branches) tree = merge(tree, read(branch));
  const hasNull = tree.values.length > 0 && branches.some(isNull);
  return hasNull ? { ...tree, values: [...new Set([...tree.values, null])] } : tree;
}

/** What a schema of the contract names; members of unions are merged. */
export function fieldTree(schema: MethodContract["params"]): FieldTree {
  return read(toJsonSchema(schema));
}

/** The tree of an unvalidated method's params: the members that it reads. */
export function readsTree(reads: readonly string[]): FieldTree {
  return { members: new Map(reads.map((name) => [name, NO_FIELDS])), values: [] };
}

const below = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);

/** Path of an array's items, of a member with a given name, and of one whose name is open: `a[]`, `a.b`, `a.*`. */
export const itemsPath = (path: string): string => `${path}[]`;
export const memberPath = below;
export const restPath = (path: string): string => below(path, "*");

/** How an enum value is named: `path=value`. */
export const valueName = (path: string, value: Scalar): string => `${path}=${String(value)}`;

/** Names that a tree holds, in the schema's order. */
export interface FieldNames {
  readonly fields: readonly string[];
  readonly values: readonly string[];
}

/** Every property path of a tree, and every literal of its enums. */
export function namesOf(tree: FieldTree): FieldNames {
  const fields: string[] = [];
  const values: string[] = [];
  const visit = (here: FieldTree, path: string): void => {
    for (const value of here.values) values.push(valueName(path, value));
    for (const [name, member] of here.members) {
      fields.push(below(path, name));
      visit(member, below(path, name));
    }
    if (here.items !== undefined) visit(here.items, itemsPath(path));
    if (here.rest !== undefined) visit(here.rest, restPath(path));
  };
  visit(tree, "");
  return { fields, values };
}
