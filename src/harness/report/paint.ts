import { styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Puts colour on a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

/** Node before 22.13 colours whatever the stream can bear; whether to colour at all is decided by the caller. */
export const coloured: Paint = (style, text) => styleText(style, text);
