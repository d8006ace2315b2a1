import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, resolve } from "node:path";
import { HubError } from "../errors.ts";
import { checkRetention } from "./check-retention.ts";
import type { ProjectEnvironment } from "./environment.ts";
import { type Finding, sortFindings } from "./finding.ts";
import type { FlowContext, Topics } from "./flow-context.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import type { HubSettings } from "./hub-settings.ts";
import { checkProject, type LoadedFlow } from "./project-rules.ts";
import { readFlow } from "./read-flow.ts";
import { readSettings, settingsFile } from "./read-settings.ts";
import { createReporter } from "./reporter.ts";
import { checkStrict } from "./strict/check-strict.ts";
import { listAt, textAt } from "./value-at.ts";
import { parseYaml, type YamlFile } from "./yaml-file.ts";

/** A project folder without mistakes. */
export interface Project {
  readonly settings: HubSettings;
  /** By name. */
  readonly flows: readonly FlowDefinition[];
  /** What is allowed and probably not meant. */
  readonly warnings: readonly Finding[];
}

/** What `tieline check` shows. */
export interface Inspection {
  /** Null when there is an error. */
  readonly project: Project | null;
  /** Errors and warnings of all files, by file and line. */
  readonly findings: readonly Finding[];
  /** `tieline.yaml` as far as it could be read. */
  readonly settings: HubSettings;
  /** The flows without a mistake of their own, by name, also where others have some. */
  readonly flows: readonly FlowDefinition[];
  /** The flows whose files can be read, also those whose mapping cannot work by its schemas. */
  readonly readable: readonly FlowDefinition[];
  /** Names of all flow folders. */
  readonly folders: readonly string[];
  /** Reads a flow from the texts of one of its earlier versions. @throws HubError TL_CONFIG_INVALID */
  fromTexts(name: string, texts: Readonly<Record<string, string>>): FlowDefinition;
}

/**
 * Reads `tieline.yaml` (defaults when there is none), every `mappings/<flow>/flow.yaml` and everything they name.
 * @throws HubError TL_CONFIG_INVALID whose issues are all that is wrong in all files
 */
export function loadProject(dir: string, env: ProjectEnvironment): Project {
  const { project, findings } = inspectProject(dir, env);
  if (project !== null) return project;
  const issues = findings.filter(({ severity }) => severity === "error");
  const count = issues.length === 1 ? "one mistake" : `${issues.length} mistakes`;
  throw new HubError("TL_CONFIG_INVALID", `the project has ${count}`, { issues });
}

/** Reads `tieline.yaml` alone. The settings are meaningful when no finding is an error. */
export function inspectSettings(
  folder: string,
  env: ProjectEnvironment,
): { readonly settings: HubSettings; readonly findings: readonly Finding[] } {
  const dir = resolve(folder);
  const findings: Finding[] = [];
  const { settings } = readSettings(settingsFile(readIfThere(join(dir, "tieline.yaml"))), dir, env, findings);
  return { settings, findings: sortFindings(findings) };
}

/** Reads a project as `loadProject` does and says all that is wrong and all that is doubtful. */
export function inspectProject(folder: string, env: ProjectEnvironment): Inspection {
  const dir = resolve(folder);
  const found: Finding[] = [];
  const own = settingsFile(readIfThere(join(dir, "tieline.yaml")));
  const { settings, systems } = readSettings(own, dir, env, found);
  const files = flowFiles(dir, found);
  const names = files.map((file) => posix.basename(posix.dirname(file.path)));
  checkRetention(createReporter(own, found), names);
  const topics = topicsOf(files);
  const flows: LoadedFlow[] = [];
  for (const file of files) {
    const flow = readFlow(file, { dir, env, systems, topics }, found);
    if (flow !== null) flows.push({ flow, file });
  }
  checkProject(flows, found);
  const sound = flows.filter((loaded) => isStrict(loaded, found)).map(({ flow }) => flow);
  const findings = sortFindings(found);
  const rest = {
    findings,
    settings,
    flows: sound,
    readable: flows.map(({ flow }) => flow),
    folders: names,
    fromTexts: (name: string, texts: Readonly<Record<string, string>>) =>
      readStored(name, texts, { env, systems }),
  };
  const broken = findings.some(({ severity }) => severity === "error");
  return { ...rest, project: broken ? null : { settings, flows: sound, warnings: findings } };
}

/** Whether the flow's mapping can work by its schemas. Earlier versions of a flow are not asked: they did work. */
function isStrict(loaded: LoadedFlow, findings: Finding[]): boolean {
  const own: Finding[] = [];
  checkStrict(loaded, own);
  findings.push(...own);
  return own.every(({ severity }) => severity !== "error");
}

/** An earlier version is laid out as files once more, so that one reader serves both. */
function readStored(
  name: string,
  texts: Readonly<Record<string, string>>,
  surroundings: Pick<FlowContext, "env" | "systems">,
): FlowDefinition {
  const strange = Object.keys(texts).find((path) => !isTextPath(path));
  if (strange !== undefined) {
    throw new HubError("TL_CONFIG_INVALID", "a flow's texts lie below mappings/ and schemas/", {
      place: { file: strange },
    });
  }
  const dir = mkdtempSync(join(tmpdir(), "tieline-version-"));
  try {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    const path = `mappings/${name}/flow.yaml`;
    const findings: Finding[] = [];
    const file = parseYaml(path, texts[path] ?? "");
    const flow = readFlow(file, { dir, topics: ownTopics(file), ...surroundings }, findings);
    if (flow !== null) return flow;
    throw new HubError("TL_CONFIG_INVALID", `this version of the flow ${name} cannot be read here`, {
      issues: findings.filter(({ severity }) => severity === "error"),
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function flowFiles(dir: string, findings: Finding[]): readonly YamlFile[] {
  const files: YamlFile[] = [];
  for (const name of folders(join(dir, "mappings"))) {
    const folder = join(dir, "mappings", name);
    const text = readIfThere(join(folder, "flow.yaml"));
    if (text !== undefined) files.push(parseYaml(`mappings/${name}/flow.yaml`, text));
    else warnForgotten(name, folder, findings);
  }
  return files;
}

/** A folder that looks like a flow and is none would silently do nothing. */
function warnForgotten(name: string, folder: string, findings: Finding[]): void {
  const names = readdirSync(folder);
  const other = names.find((one) => /^flow\.ya?ml$/i.test(one));
  if (other === undefined && !names.some((one) => one.endsWith(".jsonata"))) return;
  findings.push({
    place: { file: `mappings/${name}` },
    severity: "warning",
    message: "this folder is no flow: it has no flow.yaml",
    cure: other === undefined ? "Write one, or move the folder away." : `Rename ${other} to flow.yaml.`,
    excerpt: null,
  });
}

/** Texts come from the store or over the API, and are laid out as files: no path may lead elsewhere. */
function isTextPath(path: string): boolean {
  return /^(mappings|schemas)\/[^\0\\]+$/.test(path) && posix.normalize(path) === path;
}

/** Whether somebody else reads or fills its topics was asked when the flow was checked with its project. */
function ownTopics(file: YamlFile): Topics {
  const { published, read } = topicsOf([file]);
  return { published: read, read: published };
}

function topicsOf(files: readonly YamlFile[]): Topics {
  const published = files.flatMap(({ value }) =>
    listAt(value, "routes").map((route) => textAt(route, "topic")),
  );
  const read = files.map(({ value }) => textAt(value, "source", "topic"));
  const known = (topics: readonly (string | undefined)[]): Set<string> =>
    new Set(topics.filter((topic) => topic !== undefined));
  return { published: known(published), read: known(read) };
}

/** The folders in a folder, by name; those that begin with a dot are left out, none where it is not there. */
export function folders(path: string): readonly string[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Undefined where there is no such file. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
