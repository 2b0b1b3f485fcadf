import {
  CONNECT_ERRORS,
  connectParams,
  EVENTS,
  helloOk,
  METHODS,
  REQUEST_ERRORS,
  type MethodContract,
} from "../../contract/index.ts";
import { fieldTree, NO_FIELDS, readsTree, type FieldTree } from "./field-tree.ts";

/** Something of the contract that recordings may cover: a method, or the handshake. */
export interface Subject {
  readonly name: string;
  readonly family: string;
  readonly params: FieldTree;
  readonly result: FieldTree;
  readonly errors: readonly string[];
  /** Whether the contract expects it in hello-ok. */
  readonly advertised: boolean;
  /** Whether the oracle has it at all. */
  readonly ofOracle: boolean;
}

/** Name under which texts are counted that any request may meet. */
export const ANY_REQUEST = "any request";

const paramsTree = (method: MethodContract): FieldTree =>
  method.validated ? fieldTree(method.params) : readsTree(method.reads ?? []);

let known: readonly Subject[] | undefined;

/** The handshake and every method of the contract, in its order. */
export function subjects(): readonly Subject[] {
  known ??= [
    {
      name: ANY_REQUEST,
      family: "connect",
      params: NO_FIELDS,
      result: NO_FIELDS,
      errors: REQUEST_ERRORS,
      advertised: false,
      ofOracle: true,
    },
    {
      name: "connect",
      family: "connect",
      params: fieldTree(connectParams),
      result: fieldTree(helloOk),
      errors: CONNECT_ERRORS,
      advertised: false,
      ofOracle: true,
    },
    ...Object.entries<MethodContract>(METHODS).map(([name, method]) => ({
      name,
      family: method.family,
      params: paramsTree(method),
      result: fieldTree(method.result),
      errors: method.errors,
      advertised: method.advertised,
      ofOracle: method.origin === "openclaw",
    })),
  ];
  return known;
}

/** Payload of every event of the contract, by name, in its order. */
export function eventPayloads(): ReadonlyMap<string, FieldTree> {
  return new Map(Object.entries(EVENTS).map(([name, { payload }]) => [name, fieldTree(payload)]));
}
