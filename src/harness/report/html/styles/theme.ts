const LIGHT = `color-scheme:light;--ground:#faf9f7;--surface:#fff;--sunken:#f3f2ef;--ink:#1d1e22;--soft:#5a5d66;--line:#e2e0db;--accent:#2a55c4;--accent-tint:#e9effc;--good:#187345;--good-tint:#e2f3e9;--bad:#b6312a;--bad-tint:#fcebe8;--warn:#855800;--warn-tint:#faf0da;--bad-mark:#f6c4be;--good-mark:#b4e2c7`;
const DARK = `color-scheme:dark;--ground:#141518;--surface:#1b1d21;--sunken:#101114;--ink:#e7e6e2;--soft:#a4a7af;--line:#303339;--accent:#94b4ff;--accent-tint:#1f2a44;--good:#63cd97;--good-tint:#15301f;--bad:#ff9186;--bad-tint:#381d1b;--warn:#e5b85c;--warn-tint:#332812;--bad-mark:#6d2f2a;--good-mark:#1f5a3a`;

/** Colours of both themes; text on its ground is at least 4.5 : 1 in each. The system decides until the reader does. */
export const THEME = `
:root{${LIGHT}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${DARK}}}
:root[data-theme=dark]{${DARK}}
:root{--sans:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;--mono:ui-monospace,"SF Mono","Cascadia Code",Menlo,Consolas,"Liberation Mono",monospace;--radius:8px}
[data-status=pass]{--tone:var(--good);--tint:var(--good-tint)}
[data-status=departure],[data-status=waived],[data-status=incomplete]{--tone:var(--warn);--tint:var(--warn-tint)}
[data-status=fail],[data-status=fault]{--tone:var(--bad);--tint:var(--bad-tint)}
[data-status=not-applicable]{--tone:var(--soft);--tint:var(--sunken)}
[data-verdict=pass]{--tone:var(--good);--tint:var(--good-tint)}
[data-verdict=hygiene],[data-verdict=incomplete]{--tone:var(--warn);--tint:var(--warn-tint)}
[data-verdict=differ],[data-verdict=fault]{--tone:var(--bad);--tint:var(--bad-tint)}
`;
