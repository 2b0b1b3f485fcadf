const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** How many members a JSON text writes down: a string outside of strings that a colon follows. */
function countWritten(text: string): number {
  let count = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString && code === BACKSLASH) index += 1;
    else if (code === QUOTE) {
      inString = !inString;
      if (inString) continue;
      let next = index + 1;
      while (BLANKS.has(text.charCodeAt(next))) next += 1;
      if (text.charCodeAt(next) === COLON) count += 1;
    }
  }
  return count;
}

function countRead(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const parts: unknown[] = Object.values(value);
  let count = Array.isArray(value) ? 0 : parts.length;
  for (const part of parts) count += countRead(part);
  return count;
}

/**
 * Whether a JSON text names a member twice in one object. Which of the two counts is each parser's own affair.
 * @param value what the text says.
 */
export function hasDoubledName(text: string, value: unknown): boolean {
  return countWritten(text) !== countRead(value);
}
