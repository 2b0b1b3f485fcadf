import { isJsonObject, pointerTo } from "../learn/json-tree.ts";

/** A place in a frame: where it is and what stands there. */
export interface FramePlace {
  /** JSON pointer in the frame; empty for the frame itself. */
  readonly pointer: string;
  readonly value: unknown;
}

/** Every value in a frame, the frame first, a container before what it holds. */
export function* placesOf(value: unknown, pointer = ""): Generator<FramePlace> {
  yield { pointer, value };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* placesOf(item, pointerTo(pointer, index));
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) yield* placesOf(member, pointerTo(pointer, key));
  }
}

/** A pointer without the positions in lists: places of one sort have the same. */
export function sortOfPlace(pointer: string): string {
  return pointer.replaceAll(/\/\d+(?=\/|$)/g, "/*");
}
