import { styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Puts colour on a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

/** Whether to colour is decided by the caller alone: left to itself, Node would look at standard output once more. */
export const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });
