import { resolve } from "node:path";
import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { checkStructure, showValue } from "./check-structure.ts";
import { CRM } from "./crm.ts";
import { parseDispatch } from "./dispatch.ts";
import type { ProjectEnvironment } from "./environment.ts";
import { asSchema } from "./expectation.ts";
import type { Finding } from "./finding.ts";
import type { DispatchSettings, HubSettings, StorageSettings, SystemSettings } from "./hub-settings.ts";
import { isLoopback, parseListen } from "./listen.ts";
import { maskedExcerpt } from "./masked-excerpt.ts";
import { overridden } from "./overridden.ts";
import { publishedSchema, publishedStructure } from "./published-schema.ts";
import { readAlerts } from "./read-alerts.ts";
import { readOidc, readPublicUrl } from "./read-oidc.ts";
import { readRetention } from "./read-retention.ts";
import { type KnownSystem, readSystem } from "./read-system.ts";
import { createReporter, type Reporter } from "./reporter.ts";
import { type ReferenceContext, resolveText } from "./resolve-text.ts";
import type { SettingProblem } from "./service-url.ts";
import { mayHoldSecret, schemasAt } from "./setting-schema.ts";
import { parseSize } from "./size.ts";
import { parseStorage } from "./storage.ts";
import { type Path, parseYaml, type YamlFile } from "./yaml-file.ts";

export interface SettingsFile {
  /** Meaningful only when nothing was found wrong. */
  readonly settings: HubSettings;
  /** Every system named in the file, also those with mistakes. */
  readonly systems: ReadonlyMap<string, KnownSystem>;
}

/** Reads `tieline.yaml`; what is wrong goes into `findings`, and is not looked for where nobody asks. */
export function readSettings(
  file: YamlFile,
  dir: string,
  env: ProjectEnvironment,
  findings: Finding[] | null,
): SettingsFile {
  // A URL with a password in it is a mistake that is reported, without being repeated.
  const mayShow = (path: Path): boolean =>
    !mayHoldSecret(schemasFor(file, path, env)) &&
    !(isUrl(path[0]) && String(asSchema(file.value)[path[0]]).includes("@"));
  const report = createReporter(file, findings ?? [], maskedExcerpt(mayShow));
  for (const { span, message, cure } of file.problems) report.span(span, message, cure);
  const root = isObject(file.value) ? file.value : {};
  if (file.value !== undefined && findings !== null) {
    const show = (path: Path, value: unknown): string | null => (mayShow(path) ? showValue(value) : null);
    checkStructure(publishedStructure("tieline"), file.value, report, { show });
  }
  const references: ReferenceContext = {
    dir,
    data: null,
    variables: env.variables,
    createSecrets: env.createSecrets ?? true,
  };
  const text = (key: string, otherwise: string): string =>
    settingText(root, key, otherwise, report, references);
  const override = nonEmpty(env.variables["TIELINE_DATA"]);
  const data = resolve(dir, override ?? text("data", "./data"));
  const storage = readStorage(root, { ...references, data }, override !== undefined, env, report);
  const dispatch = readDispatch(root, references, storage, env, report);
  const auth = root["auth"] === "none" ? "none" : "token";
  const listen = readListen(text("listen", "127.0.0.1:8400"), env, report);
  refuseOpenHub(listen, auth, env, report);
  const publicUrl = readPublicUrl(root, references, report);
  const oidc = readOidc(root["oidc"], { auth, listen, publicUrl }, { ...references, data }, report);
  const systems = readSystems(root["systems"], { ...references, data }, env, report, mayShow);
  const limits = isObject(root["limits"]) ? root["limits"] : {};
  const mapping = isObject(root["mapping"]) ? root["mapping"] : {};
  const settings: HubSettings = {
    dir,
    data,
    listen,
    auth,
    publicUrl,
    oidc,
    storage: storage ?? { kind: "sqlite", folder: data },
    dispatch,
    deploy: root["deploy"] === "manual" ? "manual" : "on-save",
    limits: {
      diskLow: parseSize(String(limits["diskLow"])) ?? 256 * 1024 * 1024,
      backlog: typeof limits["backlog"] === "number" ? limits["backlog"] : 1_000_000,
    },
    alerts: readAlerts(root["alerts"], { ...references, data }, report),
    retention: readRetention(root["retention"]),
    mapping: { shadow: typeof mapping["shadow"] === "number" ? mapping["shadow"] : 1_000 },
    systems: Object.fromEntries(
      [...systems].flatMap(([name, { settings }]): [string, SystemSettings][] =>
        settings === null ? [] : [[name, settings]],
      ),
    ),
  };
  return { settings, systems };
}

let last: YamlFile | null = null;

/** The file `tieline.yaml` of this text, which a start asks for several times; undefined: there is none, so all defaults. */
export function settingsFile(text: string | undefined): YamlFile {
  const content = text ?? "apiVersion: tieline/v1\n";
  if (last === null || last.text !== content) last = parseYaml("tieline.yaml", content);
  return last;
}

/** The schemas a value of the file is described by: the published one, and below `settings` the connector's. */
function schemasFor(
  file: YamlFile,
  path: Path,
  { catalogue }: ProjectEnvironment,
): ReturnType<typeof schemasAt> {
  const [systems, name, settings, ...rest] = path;
  if (systems !== "systems" || settings !== "settings") return schemasAt(publishedSchema("tieline"), path);
  const system = asSchema(asSchema(asSchema(file.value)["systems"])[String(name)]);
  const connector = String(system["connector"]);
  if (!Object.hasOwn(catalogue.connectors, connector)) return [];
  return schemasAt(asSchema(catalogue.connectors[connector]?.settingsSchema), rest);
}

function settingText(
  root: JsonObject,
  key: string,
  otherwise: string,
  report: Reporter,
  references: ReferenceContext,
): string {
  const written = root[key];
  if (typeof written !== "string") return otherwise;
  const found = resolveText(written, references);
  if ("text" in found) return found.text;
  report.value([key], `${key}: ${found.problem}`, found.cure);
  return otherwise;
}

/** TIELINE_STORAGE replaces what the file says; TIELINE_DATA moves the folder of SQLite. Null when it is wrong. */
function readStorage(
  root: JsonObject,
  references: ReferenceContext & { readonly data: string },
  moved: boolean,
  { variables }: ProjectEnvironment,
  report: Reporter,
): StorageSettings | null {
  const { data } = references;
  const names = { key: "storage", variable: "TIELINE_STORAGE", otherwise: "sqlite" };
  const setting = overridden(root, names, variables, report);
  const found = parseStorage(setting.text, data, references, setting.fromEnvironment);
  if ("kind" in found) return found.kind === "sqlite" && moved ? { kind: "sqlite", folder: data } : found;
  setting.refuse(found);
  return null;
}

/** TIELINE_DISPATCH replaces what the file says. */
function readDispatch(
  root: JsonObject,
  references: ReferenceContext,
  storage: StorageSettings | null,
  { variables }: ProjectEnvironment,
  report: Reporter,
): DispatchSettings {
  const names = { key: "dispatch", variable: "TIELINE_DISPATCH", otherwise: "in-process" };
  const setting = overridden(root, names, variables, report);
  const found = parseDispatch(setting.text, references, setting.fromEnvironment);
  if (!("kind" in found)) setting.refuse(found);
  else if (found.kind === "redis" && storage?.kind === "sqlite") setting.refuse(NOBODY_TO_WAKE);
  else return found;
  return { kind: "in-process" };
}

const NOBODY_TO_WAKE: SettingProblem = {
  problem: "one process holds a store in SQLite, so there is nobody to wake through Redis",
  cure: "Set dispatch to in-process, or keep the store in PostgreSQL: see `storage`.",
};

/** TIELINE_LISTEN replaces address and port, PORT the port alone. */
function readListen(
  written: string,
  { variables }: ProjectEnvironment,
  report: Reporter,
): HubSettings["listen"] {
  const listen = parseListen(written);
  if (listen === undefined && /:[0-9]{1,5}$/.test(written)) {
    report.value(["listen"], "listen: expected a port from 0 to 65535");
  }
  const whole = nonEmpty(variables["TIELINE_LISTEN"]);
  if (whole !== undefined) {
    const other = parseListen(whole);
    if (other !== undefined) return other;
    const message = `TIELINE_LISTEN: expected an address and a port such as 0.0.0.0:8400, got ${showValue(whole)}`;
    report.elsewhere({ field: "TIELINE_LISTEN" }, null, message, "Correct the environment variable.");
  }
  const { host, port } = listen ?? { host: "127.0.0.1", port: 8400 };
  const alone = nonEmpty(variables["PORT"]);
  if (alone === undefined || whole !== undefined) return { host, port };
  if (/^[0-9]{1,5}$/.test(alone) && Number(alone) <= 65_535) return { host, port: Number(alone) };
  const message = `PORT: expected a port from 0 to 65535, got ${showValue(alone)}`;
  report.elsewhere({ field: "PORT" }, null, message, "Correct the environment variable.");
  return { host, port };
}

function refuseOpenHub(
  listen: HubSettings["listen"],
  auth: string,
  { variables }: ProjectEnvironment,
  report: Reporter,
): void {
  if (auth === "token" || isLoopback(listen.host)) return;
  const source = nonEmpty(variables["TIELINE_LISTEN"]) === undefined ? "" : " (TIELINE_LISTEN)";
  const message = `auth: none is refused, since others can reach ${listen.host}${source}`;
  report.value(["auth"], message, "Listen on 127.0.0.1, or set auth to token.");
}

function readSystems(
  written: Json | undefined,
  references: ReferenceContext,
  { catalogue }: ProjectEnvironment,
  report: Reporter,
  mayShow: (path: Path) => boolean,
): ReadonlyMap<string, KnownSystem> {
  const systems = new Map<string, KnownSystem>();
  for (const [name, value] of Object.entries(isObject(written) ? written : {})) {
    systems.set(name, { settings: null, shape: undefined });
    if (name === CRM) {
      report.key(
        ["systems", name],
        `${CRM} is the built-in system and cannot be configured`,
        "Choose another name.",
      );
      continue;
    }
    if (!isObject(value) || typeof value["connector"] !== "string") continue;
    const settings = value["settings"] ?? {};
    if (!isObject(settings)) continue;
    const context = { catalogue, references, report, mayShow };
    systems.set(
      name,
      readSystem(name, { connector: value["connector"], settings, limits: value["limits"] }, context),
    );
  }
  return systems;
}

/** Settings that may be a URL with a password in it. */
function isUrl(key: Path[number] | undefined): key is string {
  return key === "storage" || key === "dispatch";
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
