import { TEXT_FORMS } from "./forms.ts";
import type { SymbolKind } from "./recording.ts";
import { isConstant, type Group } from "./table.ts";

/** A symbol that may be found inside strings, with the text of its value in every run. */
export interface Candidate {
  readonly group: Group;
  readonly texts: readonly string[];
  /** Found only where no letter or digit adjoins: digits, and words that might be part of others. */
  readonly bounded: boolean;
}

/** A piece of one run's string. */
type Piece =
  | { readonly literal: string }
  | { readonly group: Group }
  | { readonly kind: SymbolKind; readonly text: string };

const WORD = /[0-9A-Za-z]/;

function occurrences(text: string, wanted: string, bounded: boolean): number[] {
  const found: number[] = [];
  if (wanted === "") return found;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at)) {
    const before = text[at - 1] ?? "";
    const after = text[at + wanted.length] ?? "";
    if (!bounded || !(WORD.test(before) || WORD.test(after))) {
      found.push(at);
      at += wanted.length;
    } else at += 1;
  }
  return found;
}

/** Splits every literal piece at the places where `wanted` stands. */
function splitAt(pieces: Piece[], wanted: string, bounded: boolean, piece: Piece): Piece[] {
  return pieces.flatMap((old): Piece[] => {
    if (!("literal" in old)) return [old];
    const out: Piece[] = [];
    let from = 0;
    for (const at of occurrences(old.literal, wanted, bounded)) {
      out.push({ literal: old.literal.slice(from, at) }, piece);
      from = at + wanted.length;
    }
    return [...out, { literal: old.literal.slice(from) }];
  });
}

function splitAtForm(pieces: Piece[], kind: SymbolKind, source: string): Piece[] {
  return pieces.flatMap((old): Piece[] => {
    if (!("literal" in old)) return [old];
    const out: Piece[] = [];
    let from = 0;
    for (const match of old.literal.matchAll(new RegExp(source, "g"))) {
      out.push({ literal: old.literal.slice(from, match.index) }, { kind, text: match[0] });
      from = match.index + match[0].length;
    }
    return [...out, { literal: old.literal.slice(from) }];
  });
}

function cut(text: string, run: number, candidates: readonly Candidate[]): Piece[] {
  let pieces: Piece[] = [{ literal: text }];
  for (const { group, texts, bounded } of candidates) {
    pieces = splitAt(pieces, texts[run] ?? "", bounded, { group });
  }
  for (const { kind, source } of TEXT_FORMS) pieces = splitAtForm(pieces, kind, source);
  return pieces.filter((piece) => !("literal" in piece) || piece.literal !== "");
}

/** Longest first, so that an id inside a path inside a sentence is found as the longest of them. */
function byLength(candidates: readonly Candidate[]): Candidate[] {
  const length = ({ texts }: Candidate) => Math.max(...texts.map((text) => text.length));
  return [...candidates].sort((a, b) => length(b) - length(a));
}

function sameCut(runs: readonly (readonly Piece[])[]): boolean {
  const [first = []] = runs;
  return runs.every(
    (run) =>
      run.length === first.length &&
      run.every((piece, index) => {
        const other = first[index];
        if (other === undefined) return false;
        if ("group" in piece) return "group" in other && other.group === piece.group;
        if ("kind" in piece) return "kind" in other && other.kind === piece.kind;
        return "literal" in other && other.literal === piece.literal;
      }),
  );
}

/**
 * Writes the values of one place as literals and symbols.
 * @param values the string in every run
 * @param candidates symbols that may stand inside
 * @param groupOf gives the symbol of values that were recognised by their form alone
 * @returns the parts, or nothing when no template fits all runs or none holds a symbol
 */
export function templateOf(
  values: readonly string[],
  candidates: readonly Candidate[],
  groupOf: (kind: SymbolKind, values: readonly string[]) => Group,
): (string | Group)[] | undefined {
  const usable = byLength(
    candidates.filter(({ texts, bounded }) =>
      values.every((value, run) => occurrences(value, texts[run] ?? "", bounded).length > 0),
    ),
  );
  // A short value may stand in one run's string by accident; without it the template may still fit.
  const attempts = [usable, usable.filter(({ texts }) => texts.every((text) => text.length >= 8))];
  for (const attempt of attempts) {
    const runs = values.map((value, run) => cut(value, run, attempt));
    if (sameCut(runs)) return join(runs, groupOf);
  }
  return undefined;
}

function join(
  runs: readonly (readonly Piece[])[],
  groupOf: (kind: SymbolKind, values: readonly string[]) => Group,
): (string | Group)[] | undefined {
  const parts: (string | Group)[] = [];
  const push = (part: string | Group) => {
    const last = parts.at(-1);
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
    else parts.push(part);
  };
  for (const [index, piece] of (runs[0] ?? []).entries()) {
    if ("literal" in piece) push(piece.literal);
    else if ("group" in piece) push(piece.group);
    else {
      const texts = runs.map((run) => {
        const other = run[index];
        return other !== undefined && "text" in other ? other.text : "";
      });
      push(isConstant(texts) ? piece.text : groupOf(piece.kind, texts));
    }
  }
  return parts.some((part) => typeof part !== "string") ? parts : undefined;
}

/** A string with everything volatile replaced by what it is: equal for the same place of different runs. */
export function signatureOf(text: string, run: number, candidates: readonly Candidate[]): string {
  return cut(text, run, byLength(candidates))
    .map((piece) => {
      if ("literal" in piece) return piece.literal;
      return "group" in piece ? `<${piece.group.known ?? piece.group.kind}>` : `<${piece.kind}>`;
    })
    .join("");
}
