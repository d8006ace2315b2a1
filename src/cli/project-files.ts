import { stat } from "node:fs/promises";
import { join } from "node:path";
import { nearest } from "../config/did-you-mean.ts";
import type { FlowDefinition } from "../config/flow-definition.ts";
import { type Inspection, inspectProject } from "../config/load-project.ts";
import { loadConnectors } from "../connector/registry.ts";
import { HubError } from "../errors.ts";
import { projectEnvironment } from "../project.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** Everything that is right and wrong with a project. Writes nothing. @throws HubError when there is no project */
export async function inspect(dir: string, variables: Variables): Promise<Inspection> {
  await requireProject(dir);
  return inspectProject(dir, {
    ...projectEnvironment(await loadConnectors(), variables),
    createSecrets: false,
  });
}

/**
 * The flows with these names in this order, all when none is named, for work on samples. Nothing is sent, so that
 * mistakes of `tieline.yaml` (a secret that is not set here) are no obstacle.
 * @throws HubError TL_CONFIG_INVALID with the mistakes of these flows, TL_NOT_FOUND with the name that was probably meant
 */
export async function loadFlows(
  dir: string,
  variables: Variables,
  names: readonly string[],
): Promise<readonly FlowDefinition[]> {
  return flowsOf(await inspect(dir, variables), names);
}

/** The same of a project that was looked at. @throws HubError as `loadFlows` */
export function flowsOf(inspection: Inspection, names: readonly string[]): readonly FlowDefinition[] {
  for (const name of names) requireKnown(inspection.folders, name);
  const wanted = names.length === 0 ? inspection.folders : names;
  const flows = wanted.map((name) => inspection.flows.find((flow) => flow.name === name));
  const broken = wanted.filter((_, index) => flows[index] === undefined);
  if (broken.length > 0) {
    const issues = inspection.findings.filter(
      ({ severity, place }) => severity === "error" && place.file !== "tieline.yaml",
    );
    throw new HubError("TL_CONFIG_INVALID", `${broken.join(", ")} cannot be used as written`, { issues });
  }
  return flows.filter((flow) => flow !== undefined);
}

function requireKnown(names: readonly string[], name: string): void {
  if (names.includes(name)) return;
  const meant = nearest(name, names);
  throw new HubError("TL_NOT_FOUND", "there is no flow of this name", {
    place: { file: `mappings/${name}` },
    cure: meant === undefined ? `The flows are: ${names.join(", ") || "none"}.` : `Did you mean ${meant}?`,
  });
}

async function requireProject(dir: string): Promise<void> {
  const marks = await Promise.all(
    ["tieline.yaml", "mappings"].map((name) => stat(join(dir, name)).catch(() => undefined)),
  );
  if (marks.some((mark) => mark !== undefined)) return;
  throw new HubError(
    "TL_CONFIG_INVALID",
    "this is no project folder: it has neither tieline.yaml nor mappings",
    {
      place: { file: dir },
      cure: "Go to the project's folder, or name it with --dir.",
    },
  );
}
