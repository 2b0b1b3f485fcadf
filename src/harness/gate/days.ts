const DAY_MS = 86_400_000;

/** Days between two moments, with their fraction. @param earlier ISO 8601. */
export const daysSince = (earlier: string, later: Date): number =>
  (later.getTime() - Date.parse(earlier)) / DAY_MS;
