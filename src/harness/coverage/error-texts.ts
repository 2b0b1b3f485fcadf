const PLACEHOLDER = /<[^<>]+>/g;

interface Template {
  readonly text: string;
  readonly literals: number;
  readonly matches: RegExp;
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

function templateOf(text: string): Template {
  const literals = text.split(PLACEHOLDER);
  return {
    text,
    literals: literals.join("").length,
    matches: new RegExp(`^${literals.map(escape).join(String.raw`[\s\S]+`)}$`),
  };
}

/**
 * Makes a finder of the error text that a message is an instance of, `<...>` standing for any value that is not empty. Of
 * several the one with the most literal characters: `invalid model: empty` is no instance of `invalid model: <model>`.
 * @returns a function from message to text, `undefined` where none fits
 */
export function errorTextFinder(texts: readonly string[]): (message: string) => string | undefined {
  const templates = texts.map(templateOf).sort((a, b) => b.literals - a.literals);
  return (message) => templates.find(({ matches }) => matches.test(message))?.text;
}
