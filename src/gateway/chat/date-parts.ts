/**
 * A time in parts, in English, to be put together as a text needs it.
 * @param at milliseconds since 1970.
 * @param format which parts, and how each is written; in the machine's time zone unless it names one.
 * @returns tells a part; empty when the format has none of that type.
 * @throws RangeError for a time zone that the platform does not know.
 */
export function datePartsAt(
  at: number,
  format: Intl.DateTimeFormatOptions,
): (type: Intl.DateTimeFormatPartTypes) => string {
  const parts = new Intl.DateTimeFormat("en-US", format).formatToParts(at);
  return (type) => parts.find((found) => found.type === type)?.value ?? "";
}
