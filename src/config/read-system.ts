import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { type JsonSchema, structureOf } from "../schema/structure.ts";
import { checkStructure, showValue } from "./check-structure.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { SystemSettings } from "./hub-settings.ts";
import { isPureReference } from "./reference.ts";
import type { Reporter } from "./reporter.ts";
import { type ReferenceContext, resolveText } from "./resolve-text.ts";
import { isNumeric, isSecret, isSwitch, schemasAt } from "./setting-schema.ts";
import type { SystemCatalogue, SystemShape } from "./system-catalogue.ts";
import { systemLimits } from "./system-limits.ts";
import { valueAt } from "./value-at.ts";
import type { Path } from "./yaml-file.ts";

/** A system as `tieline.yaml` has it. */
export interface WrittenSystem {
  readonly connector: string;
  readonly settings: Json;
  readonly limits: Json | undefined;
}

/** A configured system; `shape` is undefined when its settings are wrong or nothing is known of it. */
export interface KnownSystem {
  readonly settings: SystemSettings | null;
  readonly shape: SystemShape | undefined;
}

export interface SystemContext {
  readonly catalogue: SystemCatalogue;
  readonly references: ReferenceContext;
  readonly report: Reporter;
  /** Whether the value at a path of the file may be shown. */
  readonly mayShow: (path: Path) => boolean;
}

/** Checks one system against its connector and replaces the references in its settings. */
export function readSystem(name: string, written: WrittenSystem, context: SystemContext): KnownSystem {
  const { catalogue, report, mayShow } = context;
  const { connector } = written;
  if (!Object.hasOwn(catalogue.connectors, connector)) {
    const cure = didYouMean(connector, Object.keys(catalogue.connectors));
    report.value(["systems", name, "connector"], `there is no connector ${showValue(connector)}`, cure);
    return { settings: null, shape: undefined };
  }
  const schema = catalogue.connectors[connector]?.settingsSchema as JsonSchema;
  const at = ["systems", name, "settings"];
  const wrong: Path[] = [];
  const value = replace(written.settings, { at, path: [], schema, context, wrong });
  // What is shown is always the text of the file, never what a reference was replaced by.
  const show = (path: Path): string | null =>
    mayShow(path) ? showValue(valueAt(report.file.value, ...path)) : null;
  const sound = checkStructure(structureOf(schema), value, report, { at, show, known: wrong });
  if (!sound || wrong.length > 0) return { settings: null, shape: undefined };
  const limits = systemLimits(written.limits);
  const settings: SystemSettings = { connector, limits, settings: value, written: written.settings };
  return { settings, shape: describe(name, settings, context) };
}

function describe(
  name: string,
  settings: SystemSettings,
  { catalogue, references, report }: SystemContext,
): SystemShape | undefined {
  try {
    return catalogue.describe(name, settings, references.dir);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    reportContradiction(name, error, report);
    return undefined;
  }
}

/** In the file that is wrong, at the setting that is, or at all settings of the system. */
function reportContradiction(name: string, { message, cure, place }: HubError, report: Reporter): void {
  if (place?.file !== undefined && place.line !== undefined) {
    report.elsewhere(place, null, `systems.${name}: ${message}`, cure);
    return;
  }
  const inner = place?.field?.startsWith("/") ? place.field.slice(1).split("/") : [];
  report.key(["systems", name, "settings", ...inner], `systems.${name}: ${message}`, cure);
}

interface Replacing {
  /** Where the settings are in the file. */
  readonly at: Path;
  /** Where the value is within the settings. */
  readonly path: Path;
  readonly schema: JsonSchema;
  readonly context: SystemContext;
  /** Places that were reported; grows. */
  readonly wrong: Path[];
}

function replace(value: Json, replacing: Replacing): Json {
  const { path } = replacing;
  const inner = (one: Json, step: string | number): Json =>
    replace(one, { ...replacing, path: [...path, step] });
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inner(one, name)]));
  }
  return replaceText(value, replacing);
}

function replaceText(
  value: null | boolean | number | string,
  { at, path, schema, context, wrong }: Replacing,
): Json {
  const { report, references } = context;
  const schemas = schemasAt(schema, path);
  const place = [...at, ...path];
  const name = place.join(".");
  if (isSecret(schemas) && value !== null && !(typeof value === "string" && isPureReference(value))) {
    const cure = `Write \${env:NAME}, \${file:PATH} or \${data:NAME}, and nothing else; a default is not allowed.`;
    report.value(place, `${name} is a secret and must not stand in the file`, cure);
    wrong.push(place);
    return value;
  }
  if (typeof value !== "string") return value;
  const found = resolveText(value, references);
  if ("problem" in found) {
    report.value(place, `${name}: ${found.problem}`, found.cure);
    wrong.push(place);
    return value;
  }
  return found.text === value ? value : typed(found.text, schemas);
}

/** A reference can only give text; where a number or a switch is wanted the text is read as one. */
function typed(text: string, schemas: readonly JsonSchema[]): Json {
  if (isNumeric(schemas) && /^-?[0-9]{1,15}(\.[0-9]+)?$/.test(text)) return Number(text);
  if (isSwitch(schemas) && (text === "true" || text === "false")) return text === "true";
  return text;
}
