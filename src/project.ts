import { randomUUID } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import type { ProjectEnvironment } from "./config/environment.ts";
import type { FlowDefinition } from "./config/flow-definition.ts";
import { hubPlace } from "./config/hub-place.ts";
import type { HubSettings } from "./config/hub-settings.ts";
import { keepFlows, keptFlows } from "./config/kept-project.ts";
import { type Inspection, inspectProject, inspectSettings } from "./config/load-project.ts";
import { secretValues } from "./config/secret-values.ts";
import type { SystemCatalogue } from "./config/system-catalogue.ts";
import type { Connector, System, SystemContext } from "./connector/contract.ts";
import { type Gate, gate } from "./connector/gate.ts";
import { guardSystem } from "./connector/guard-system.ts";
import { loadConnectors } from "./connector/registry.ts";
import { withholdSecrets } from "./connector/withhold-secrets.ts";
import { asHubError, HubError, type Issue } from "./errors.ts";
import { openFormat } from "./format/open.ts";
import type { FolderState } from "./intake/deployer.ts";
import { keepCompiledIn } from "./kept/store.ts";
import { compileMapping } from "./mapping/compile.ts";
import { LOOK_UPS } from "./mapping/look-up-calls.ts";
import { compileSchema } from "./schema/compile.ts";
import type { ProjectPlace } from "./thread.ts";

const MOST_EXPRESSIONS = 1_000;

type Variables = Readonly<Record<string, string | undefined>>;

/** A project folder with its systems opened. */
export interface OpenProject {
  readonly settings: HubSettings;
  readonly systems: Readonly<Record<string, System>>;
  /** Of the systems that have limits. */
  readonly gates: ReadonlyMap<string, Gate>;
  /** Folders that a change of the project shows in. */
  readonly folders: readonly string[];
  /** Reads the flow folders anew. */
  read(): Promise<readonly FolderState[]>;
  fromTexts(name: string, texts: Readonly<Record<string, string>>): FlowDefinition;
}

/**
 * Reads a project and opens its systems for one thread.
 * @throws HubError TL_CONFIG_INVALID with every mistake of `tieline.yaml`; flows with mistakes are left to `read`
 */
export async function openProject(place: ProjectPlace): Promise<OpenProject> {
  const connectors = await loadConnectors();
  const variables: Variables = {
    ...process.env,
    ...(place.data === undefined ? {} : { TIELINE_DATA: place.data }),
    ...(place.listen === undefined ? {} : { TIELINE_LISTEN: place.listen }),
  };
  const { data } = await hubPlace(place.dir, variables);
  keepCompiledIn(join(data, "compiled"));
  const env = projectEnvironment(connectors, variables);
  const { settings, findings } = inspectSettings(place.dir, env);
  const errors = findings.filter((finding) => finding.severity === "error");
  if (errors.length > 0) {
    throw new HubError("TL_CONFIG_INVALID", "tieline.yaml is not valid", { issues: errors });
  }
  // Only the engine reads flows; the front is told which are in force.
  let inspection: Inspection | null = null;
  const inspect = (): Inspection => {
    inspection = inspectProject(place.dir, env);
    return inspection;
  };
  const context = {
    dir: settings.dir,
    data: settings.data,
    hub: hubName(settings.data),
    now: () => Date.now(),
  };
  return {
    settings,
    ...openSystems(settings, connectors, context),
    folders: [join(settings.dir, "mappings"), join(settings.dir, "schemas")],
    read: async () => {
      inspection = null;
      const flows = keptFlows(settings);
      if (flows !== null) return flows.map(inForce);
      const found = inspect();
      keepFlows(settings, found);
      return folderStates(found);
    },
    fromTexts: (name, texts) => (inspection ?? inspect()).fromTexts(name, texts),
  };
}

/** What the configuration must know of the layers above it: connectors, expressions, schemas, formats. */
export function projectEnvironment(
  connectors: Readonly<Record<string, Connector>>,
  variables: Variables,
): ProjectEnvironment {
  // Every look at the project asks for all of them again, and most did not change.
  const expressions = new Map<string, HubError | null>();
  return {
    variables,
    catalogue: catalogueOf(connectors),
    compileExpression: (text, { lookUps, allowFallback }) => {
      const name = `${lookUps} ${allowFallback} ${text}`;
      let failure = expressions.get(name);
      if (failure === undefined) {
        const functions = lookUps ? LOOK_UPS : {};
        failure = failureOf(() => compileMapping(text, { path: "expression", functions, allowFallback }));
        if (expressions.size >= MOST_EXPRESSIONS) expressions.clear();
        expressions.set(name, failure);
      }
      return failure;
    },
    compileSchema: (text, path, read) => failureOf(() => compileSchema(text, path, read)),
    compileFormat: (format) => failureOf(() => openFormat(format)),
  };
}

function catalogueOf(connectors: Readonly<Record<string, Connector>>): SystemCatalogue {
  return {
    connectors: Object.fromEntries(
      Object.values(connectors).map((connector) => [connector.name, { settingsSchema: connector.settings }]),
    ),
    describe(name, { connector, settings }, dir) {
      const found = connectors[connector];
      if (found === undefined) return undefined;
      const system = found.open(settings, { system: name, dir, now: () => 0 });
      const sources = Object.entries(system.sources).map(([source, { kind }]) => [source, kind] as const);
      const sinks = Object.entries(system.sinks);
      return {
        sources: Object.fromEntries(sources),
        sinks: sinks.map(([sink]) => sink),
        collecting: sinks.filter(([, { bundle }]) => bundle !== undefined).map(([sink]) => sink),
      };
    },
  };
}

function failureOf(work: () => unknown): HubError | null {
  try {
    work();
    return null;
  } catch (error) {
    return asHubError(error);
  }
}

function openSystems(
  settings: HubSettings,
  connectors: Readonly<Record<string, Connector>>,
  context: Omit<SystemContext, "system">,
): Pick<OpenProject, "systems" | "gates"> {
  const systems: Record<string, System> = {};
  const gates = new Map<string, Gate>();
  for (const [name, system] of Object.entries(settings.systems)) {
    const connector = connectors[system.connector];
    if (connector === undefined) continue;
    const opened = withholdSecrets(
      connector.open(system.settings, { ...context, system: name }),
      secretValues(connector.settings, system),
    );
    const { rate, breaker } = system.limits;
    if (rate === null && breaker === null) {
      systems[name] = opened;
      continue;
    }
    const own = gate(system.limits, { clock: () => performance.now(), pause });
    gates.set(name, own);
    systems[name] = guardSystem(opened, own);
  }
  return { systems, gates };
}

function inForce(definition: FlowDefinition): FolderState {
  return { name: definition.name, definition, issues: [] };
}

/** Every flow folder with its definition, or with what is wrong with it. */
function folderStates(inspection: Inspection): readonly FolderState[] {
  const broken = new Map<string, Issue[]>();
  for (const { severity, place, message, cure } of inspection.findings) {
    const flow = flowOf(place.file) ?? flowUsing(inspection.flows, place.file);
    if (severity !== "error" || flow === null) continue;
    const issue = { place, message: cure === null ? message : `${message}. ${cure}` };
    broken.set(flow, [...(broken.get(flow) ?? []), issue]);
  }
  return inspection.folders.map((name) => {
    const issues = broken.get(name) ?? [];
    const definition =
      issues.length > 0 ? null : (inspection.flows.find((flow) => flow.name === name) ?? null);
    if (definition === null && issues.length === 0) {
      return {
        name,
        definition,
        issues: [
          {
            message:
              "a schema, layout or code list that the flow names has mistakes; `tieline check` lists them",
          },
        ],
      };
    }
    return { name, definition, issues };
  });
}

function flowOf(file: string | undefined): string | null {
  return /^mappings\/([^/]+)\//.exec(file ?? "")?.[1] ?? null;
}

function flowUsing(flows: readonly FlowDefinition[], file: string | undefined): string | null {
  return flows.find((flow) => file !== undefined && Object.hasOwn(flow.texts, file))?.name ?? null;
}

/** A name for this hub's data that stays over restarts; file sources tell by it their own claims from others'. */
function hubName(data: string): string {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const path = join(data, "hub-id");
  if (!existsSync(path)) {
    // Whole from the moment it is there: both threads may come here at once.
    const name = randomUUID();
    const draft = join(data, `.hub-id.${name}`);
    writeFileSync(draft, name, { mode: 0o600 });
    try {
      linkSync(draft, path);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  return readFileSync(path, "utf8").trim();
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await later(milliseconds, undefined, signal === undefined ? {} : { signal });
}
