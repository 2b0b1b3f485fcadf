/** What would end a script element, or a line inside of one, though JSON allows it. */
const UNSAFE = /[<>&\u2028\u2029]/g;

/**
 * A value as JSON that can stand between `<script type="application/json">` and its end tag: whatever a target wrote, no
 * text in it can close the element or begin a comment. `JSON.parse` gives the same value back.
 */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    UNSAFE,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** What HTML has no place for, and what would turn the direction of the text around it. */
const UNPRINTABLE = /(?![\t\n\r])\p{Cc}|[\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]|\p{Cs}/gu;

/** A text for HTML's content or a quoted attribute. What cannot be shown becomes U+FFFD. */
export function escapeHtml(text: string): string {
  return text.replaceAll(UNPRINTABLE, "\uFFFD").replaceAll(/[&<>"']/g, (mark) => ESCAPES[mark] ?? mark);
}
