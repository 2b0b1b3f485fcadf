const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/**
 * The first so many UTF-16 units of a text, or one less where the cut would leave half a character: that is no valid
 * text, and clients in other languages fail on the whole frame. Upstream cuts through.
 */
export function cutText(text: string, units: number): string {
  const splits = isHigh(text.charCodeAt(units - 1)) && isLow(text.charCodeAt(units));
  return text.slice(0, splits ? units - 1 : units);
}
