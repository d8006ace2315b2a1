import { didYouMean, nearest } from "../config/did-you-mean.ts";
import type { FlowDefinition } from "../config/flow-definition.ts";
import { HubError } from "../errors.ts";
import { fieldsOf, plainSteps, sourceName } from "../flow/lineage.ts";

/** A field that somebody asks about. */
export interface LineageQuery {
  readonly side: "target" | "source";
  /** What it is a field of: `system.sink`, a system, a topic, or a flow. */
  readonly of: string;
  /** JSON pointer without items; empty: all fields. */
  readonly path: string;
  /** The flows to look in. */
  readonly flows: readonly FlowDefinition[];
}

/**
 * Reads `crm.customer.phones.number` (a target), `erp.KUNNR` (a source) or, where `isSource`, `erp-customers:KUNNR` too.
 * A target wins where a name could be both. @throws HubError TL_NOT_FOUND with what was probably meant
 */
export function readQuery(text: string, isSource: boolean, flows: readonly FlowDefinition[]): LineageQuery {
  const flow = flows.find(({ name }) => text === name || text.startsWith(`${name}:`));
  if (isSource && flow !== undefined)
    return { side: "source", of: flow.name, path: pointer(text.slice(flow.name.length + 1)), flows: [flow] };
  const sides = isSource ? [sourceSide(flows)] : [targetSide(flows), sourceSide(flows)];
  for (const { side, names, of } of sides) {
    const name = prefix(text, names);
    if (name === undefined) continue;
    const field = text.slice(name.length).replace(/^\./, "");
    return { side, of: name, path: pointer(field), flows: of(name) };
  }
  throw new HubError("TL_NOT_FOUND", `nothing is called ${text} here`, {
    cure: meant(
      text,
      sides.flatMap(({ names }) => names),
      isSource ? flows.map(({ name }) => name) : [],
    ),
  });
}

interface Side {
  readonly side: LineageQuery["side"];
  readonly names: readonly string[];
  readonly of: (name: string) => readonly FlowDefinition[];
}

function targetSide(flows: readonly FlowDefinition[]): Side {
  const has = (flow: FlowDefinition, name: string): boolean => flow.routes.some(({ to }) => to === name);
  return {
    side: "target",
    names: [...new Set(flows.flatMap(({ routes }) => routes.map(({ to }) => to)))],
    of: (name) => flows.filter((flow) => has(flow, name)),
  };
}

function sourceSide(flows: readonly FlowDefinition[]): Side {
  return {
    side: "source",
    names: [...new Set(flows.map(sourceName))],
    of: (name) => flows.filter((flow) => sourceName(flow) === name),
  };
}

/** The longest name that the text begins with. */
function prefix(text: string, names: readonly string[]): string | undefined {
  const found = names.filter(
    (name) => text === name || text.startsWith(`${name}.`) || text.startsWith(`${name}/`),
  );
  return found.sort((left, right) => right.length - left.length)[0];
}

function meant(text: string, names: readonly string[], flows: readonly string[]): string {
  const parts = text.split(/[.:/]/);
  const candidates = [...names, ...flows];
  const near = [text, parts.slice(0, 2).join("."), parts[0] ?? ""].map((one) => nearest(one, candidates));
  const found = near.find((one) => one !== undefined);
  return found === undefined ? `There is ${candidates.join(", ")}.` : `Did you mean "${found}"?`;
}

// `phones.number`, `phones[].number` and `/phones/*/number` all name the same.
function pointer(field: string): string {
  if (field === "") return "";
  if (field.startsWith("/")) return field === "/" ? "" : steps(plainSteps(field));
  return steps(
    field
      .replace(/\[\d*\]/g, "")
      .split(".")
      .map((step) => step.replaceAll("~", "~0").replaceAll("/", "~1")),
  );
}

function steps(names: readonly string[]): string {
  return names.map((name) => `/${name}`).join("");
}

/** @throws HubError TL_NOT_FOUND when neither a schema nor a mapping knows the field */
export function requireField(query: LineageQuery, known: readonly string[]): void {
  const side = query.side === "target" ? "emits" : "accepts";
  const asked = plainSteps(query.path);
  const fields = [...query.flows.flatMap((flow) => fieldsOf(flow, side)), ...known];
  const paths = fields.map(plainSteps);
  const isKnown = (path: readonly string[]): boolean => asked.every((step, index) => step === path[index]);
  const isOpen = fields.some(
    (field, index) => field.endsWith("/**") && (paths[index] ?? []).every((step, at) => step === asked[at]),
  );
  if (isOpen || paths.some(isKnown)) return;
  const names = new Set(paths.flatMap((path) => path.map((_, index) => path.slice(0, index + 1).join("."))));
  throw new HubError("TL_NOT_FOUND", `${query.of} has no field ${asked.join(".")}`, {
    cure: didYouMean(asked.join("."), [...names]),
  });
}
