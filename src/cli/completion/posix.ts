import { flagsWith, type CommandNode, type Offer } from "./tree.ts";

/** `'text'` for any POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Walks from the program to the command that the words before the cursor name. */
function walk(nodes: readonly CommandNode[]): string {
  const steps = nodes
    .filter(({ path }) => path !== "")
    .map(({ path }) => {
      const parts = path.split(" ");
      const before = parts.slice(0, -1).join(" ");
      return `      ${quote(`${before}:${parts.at(-1) ?? ""}`)}) at=${quote(path)} ;;`;
    });
  return steps.join("\n");
}

const isChoice = (value: Offer): value is readonly string[] => typeof value !== "string";

/** What may stand behind a flag: a case for each command and flag. */
function values(nodes: readonly CommandNode[]): string {
  const lines = nodes.flatMap((node) =>
    node.flags.flatMap(({ flag, value }) => {
      if (value === undefined || !isChoice(value)) return [];
      return [`    ${quote(`${node.path}:${flag}`)}) kinds=choices; choices=${quote(value.join(" "))} ;;`];
    }),
  );
  const named = (["files", "targets", "ids"] as const).flatMap((kind) =>
    nodes.flatMap((node) => {
      const flags = flagsWith(node, (value) => value === kind).map((flag) => quote(`${node.path}:${flag}`));
      return flags.length === 0 ? [] : [`    ${flags.join("|")}) kinds=${kind} ;;`];
    }),
  );
  return [...lines, ...named].join("\n");
}

/** What a command takes where no flag's value is due. */
function offers(nodes: readonly CommandNode[]): string {
  return nodes
    .map(({ path, commands, flags, words }) => {
      const fixed = [...commands, ...flags.map(({ flag }) => flag)].join(" ");
      return `      ${quote(path)}) kinds=${quote(words.join(" "))}; choices=${quote(fixed)} ;;`;
    })
    .join("\n");
}

/** The part that bash and zsh read alike: sets `kinds` and `choices` from `typed` (words before the cursor) and `prev`. */
function decide(nodes: readonly CommandNode[]): string {
  return `  local at='' word kinds=none choices=''
  for word in "\${typed[@]}"; do
    case "$at:$word" in
${walk(nodes)}
    esac
  done
  case "$at:$prev" in
${values(nodes)}
  esac
  if [ "$kinds" = none ]; then
    case "$at" in
${offers(nodes)}
    esac
  fi`;
}

/** A script that bash 3.2 and later reads: `source <(lockstep completion bash)`. */
export function bashScript(nodes: readonly CommandNode[]): string {
  return `# lockstep completion for bash: source <(lockstep completion bash)
_lockstep() {
  local line=\${COMP_LINE:0:COMP_POINT} cur='' prev='' typed=() found
  read -ra typed <<< "$line"
  # Colons and at-signs part words for readline; a target is one word.
  case "$line" in *[[:space:]]) ;; *) cur=\${typed[\${#typed[@]}-1]}; typed=("\${typed[@]:0:\${#typed[@]}-1}") ;; esac
  if [ "\${#typed[@]}" -gt 0 ]; then prev=\${typed[\${#typed[@]}-1]}; typed=("\${typed[@]:1}"); fi
${decide(nodes)}
  case " $kinds " in *" targets "*) choices="$choices $(lockstep complete-words targets 2>/dev/null)" ;; esac
  case "$cur: $kinds " in -*) ;; *" ids "*) choices="$choices $(lockstep complete-words ids 2>/dev/null)" ;; esac
  COMPREPLY=()
  if [ "$kinds" = files ]; then
    while IFS= read -r found; do COMPREPLY+=("$found"); done < <(compgen -f -- "$cur")
    return
  fi
  local before=\${cur%"\${COMP_WORDS[COMP_CWORD]}"}
  while IFS= read -r found; do COMPREPLY+=("\${found#"$before"}"); done < <(compgen -W "$choices" -- "$cur")
}
complete -o bashdefault -F _lockstep lockstep
`;
}

/** A script for zsh: `source <(lockstep completion zsh)`, after compinit. */
export function zshScript(nodes: readonly CommandNode[]): string {
  return `#compdef lockstep
# lockstep completion for zsh, after compinit: source <(lockstep completion zsh)
_lockstep() {
  local cur="\${words[CURRENT]}" prev="\${words[CURRENT-1]}"
  local -a typed
  typed=("\${(@)words[2,CURRENT-1]}")
${decide(nodes)}
  if [ "$kinds" = files ]; then _files; return; fi
  compadd -- \${=choices}
  case " $kinds " in *" targets "*) compadd -- \${(f)"$(lockstep complete-words targets 2>/dev/null)"} ;; esac
  case "$cur: $kinds " in -*) ;; *" ids "*) compadd -- \${(f)"$(lockstep complete-words ids 2>/dev/null)"} ;; esac
}
if (( $+functions[compdef] )); then compdef _lockstep lockstep; fi
`;
}
