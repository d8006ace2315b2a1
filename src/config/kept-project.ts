import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { keepValue, keptValue } from "../kept/store.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import type { HubSettings } from "./hub-settings.ts";
import { folders, type Inspection, readIfThere } from "./load-project.ts";

/** A project without a mistake as it was read, with all that it was read from. */
interface KeptProject {
  /** Hash of the settings, which say what systems the flows find. */
  readonly settings: string;
  /** Every folder beside the flows, also those that are none. */
  readonly folders: readonly string[];
  /** Every text of a flow, by path. */
  readonly texts: Texts;
  readonly flows: readonly KeptFlow[];
}

/** A definition with the paths of its texts in their place: flows share schemas. */
type KeptFlow = Omit<FlowDefinition, "texts"> & { readonly files: readonly string[] };

/**
 * The flows as an earlier start found them to be without a mistake, when nothing that they were read from differs since:
 * no text, no folder, no setting. Null when they must be read.
 */
export function keptFlows(settings: HubSettings): readonly FlowDefinition[] | null {
  const known = keptValue(keyOf(settings)) as KeptProject | undefined;
  if (known === undefined || known.settings !== hashOf(settings)) return null;
  if (!sameFolders(settings.dir, known) || !sameTexts(settings.dir, known.texts)) return null;
  return known.flows.map(({ files, ...flow }) => ({ ...flow, texts: pick(known.texts, files) }));
}

/** Keeps a project for the next start, if it has no mistake and is still as it was read. */
export function keepFlows(settings: HubSettings, { project, flows }: Inspection): void {
  if (project === null) return;
  const { dir } = settings;
  const texts = Object.assign({}, ...flows.map((flow) => flow.texts)) as Texts;
  // One that was written while the project was read is not kept.
  if (!sameTexts(dir, texts) || flows.some((flow) => !areAmong(flow.texts, texts))) return;
  const kept: KeptProject = {
    settings: hashOf(settings),
    folders: folders(join(dir, "mappings")),
    texts,
    flows: flows.map(({ texts: own, ...flow }) => ({ ...flow, files: Object.keys(own) })),
  };
  if (sameFolders(dir, kept)) keepValue(keyOf(settings), kept);
}

function keyOf({ dir }: HubSettings): string {
  return `project ${dir}`;
}

/** Settings hold secrets; a hash says whether they are the same and tells none. */
function hashOf({ systems }: HubSettings): string {
  return createHash("sha256").update(JSON.stringify(systems)).digest("hex");
}

function sameFolders(dir: string, { folders: known, flows }: KeptProject): boolean {
  const now = folders(join(dir, "mappings"));
  if (now.length !== known.length || now.some((name, index) => name !== known[index])) return false;
  const names = new Set(flows.map(({ name }) => name));
  return now.every((name) => existsSync(join(dir, "mappings", name, "flow.yaml")) === names.has(name));
}

function sameTexts(dir: string, texts: Texts): boolean {
  try {
    return Object.entries(texts).every(
      ([path, text]) => readIfThere(join(dir, path))?.replace(/^\uFEFF/, "") === text,
    );
  } catch {
    return false;
  }
}

type Texts = Readonly<Record<string, string>>;

function areAmong(some: Texts, all: Texts): boolean {
  return Object.entries(some).every(([path, text]) => all[path] === text);
}

function pick(texts: Texts, paths: readonly string[]): Texts {
  return Object.fromEntries(paths.map((path) => [path, texts[path] ?? ""]));
}
