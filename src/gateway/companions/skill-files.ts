import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isRecord, type JsonRecord } from "../sessions/json.ts";
import { parseFrontmatter } from "./frontmatter.ts";

/** A skill as its file describes it. */
export interface SkillFile {
  readonly name: string;
  readonly description: string;
  /** Which directory it was found in: `openclaw-managed`, `openclaw-workspace`, ... */
  readonly source: string;
  readonly filePath: string;
  readonly baseDir: string;
  readonly frontmatter: JsonRecord;
}

/** Upstream's bounds on what a directory of skills may hold. */
const MAX_SKILLS = 200;
const MAX_BYTES = 256_000;
const MAX_DEPTH = 8;
const SKILL_FILE = "SKILL.md";

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly isDirectory: boolean;
}

async function listDirectory(directory: string): Promise<Entry[]> {
  const found = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const entries: Entry[] = [];
  for (const entry of found) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = join(directory, entry.name);
    const target = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (target?.isDirectory() === true || target?.isFile() === true) {
      entries.push({ name: entry.name, path, isDirectory: target.isDirectory() });
    }
  }
  return entries;
}

async function readSkill(filePath: string, source: string): Promise<SkillFile | undefined> {
  try {
    if ((await stat(filePath)).size > MAX_BYTES) return undefined;
    const frontmatter = parseFrontmatter(await readFile(filePath, "utf8"));
    const description = frontmatter?.["description"];
    if (frontmatter === undefined || typeof description !== "string" || description.trim() === "") {
      return undefined;
    }
    const baseDir = dirname(filePath);
    const name = frontmatter["name"];
    return {
      name: typeof name === "string" && name !== "" ? name : basename(baseDir),
      description,
      source,
      filePath,
      baseDir,
      frontmatter,
    };
  } catch {
    return undefined;
  }
}

/** Every skill below a directory: its own `.md` files at the top, `SKILL.md` alone further down. */
async function readBelow(directory: string, source: string, depth: number): Promise<SkillFile[]> {
  const skills: SkillFile[] = [];
  for (const { name, path, isDirectory } of await listDirectory(directory)) {
    if (isDirectory) {
      if (depth < MAX_DEPTH) skills.push(...(await readBelow(path, source, depth + 1)));
      continue;
    }
    if (depth === 0 ? !name.endsWith(".md") : name !== SKILL_FILE) continue;
    const skill = await readSkill(path, source);
    if (skill !== undefined) skills.push(skill);
  }
  return skills;
}

const hasSkillFile = async (directory: string): Promise<boolean> => {
  const found = await stat(join(directory, SKILL_FILE)).catch(() => undefined);
  return found !== undefined && found.size <= MAX_BYTES;
};

/** `<dir>/skills` instead of `dir` when that is where the skills are. */
async function rootOf(directory: string): Promise<string> {
  const nested = join(directory, "skills");
  for (const { path, isDirectory } of await listDirectory(nested)) {
    if (isDirectory && (await hasSkillFile(path))) return nested;
  }
  return directory;
}

async function readRoot(directory: string, source: string): Promise<SkillFile[]> {
  const root = await rootOf(directory);
  if (await hasSkillFile(root)) return readBelow(root, source, 0);
  const children = (await listDirectory(root)).filter(({ isDirectory }) => isDirectory);
  const names = children.map(({ name }) => name).sort();
  const skills: SkillFile[] = [];
  for (const name of names.slice(0, MAX_SKILLS)) {
    const child = join(root, name);
    if (await hasSkillFile(child)) skills.push(...(await readBelow(child, source, 0)));
    if (skills.length >= MAX_SKILLS) break;
  }
  return skills.slice(0, MAX_SKILLS);
}

/**
 * The skills in some directories; of two with one name the later counts, in the place of the earlier
 * (upstream 2026.2.17, `skills.status`). Directories that are not there hold none.
 */
export async function readSkills(
  roots: readonly { readonly directory: string; readonly source: string }[],
): Promise<SkillFile[]> {
  const byName = new Map<string, SkillFile>();
  for (const { directory, source } of roots) {
    for (const skill of await readRoot(directory, source)) byName.set(skill.name, skill);
  }
  return [...byName.values()];
}

/** The block of a skill's frontmatter that is meant for this family of runtimes; empty when there is none. */
export function manifestOf(frontmatter: JsonRecord, parseText: (text: string) => unknown): JsonRecord {
  const raw = frontmatter["metadata"];
  let metadata: unknown = raw;
  if (typeof raw === "string") {
    try {
      metadata = parseText(raw);
    } catch {
      return {};
    }
  }
  const own = isRecord(metadata) ? metadata["openclaw"] : undefined;
  return isRecord(own) ? own : {};
}
