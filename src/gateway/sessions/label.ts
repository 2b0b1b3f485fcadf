/** Longest label, in UTF-16 units; the schema counts code points, so that 33 emoji get this far. */
const LABEL_UNITS = 64;

/**
 * A label as it is stored: without outer blanks.
 * @returns the label, or why it is refused.
 */
export function parseLabel(raw: string): { label: string } | { refusal: string } {
  const label = raw.trim();
  if (label === "") return { refusal: "invalid label: empty" };
  if (label.length > LABEL_UNITS) return { refusal: `invalid label: too long (max ${LABEL_UNITS})` };
  return { label };
}
