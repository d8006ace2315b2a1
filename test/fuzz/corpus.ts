import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readSuite, type SuiteCase, suiteFolder } from "../jsonata/suite.ts";
import { SHIPPED, shippedFlows } from "../mappings/shipped-flows.ts";

/** An expression that somebody wrote, with inputs it was written for. */
export interface Written {
  readonly text: string;
  readonly inputs: readonly unknown[];
  readonly bindings: Readonly<Record<string, unknown>>;
}

/** What the functions of the hub's own would answer is not the library's to judge. */
const OWN_FUNCTION = /\$(?:phone|email|isoDate|decimal)\b/g;
/** Of a look-up the second argument is what is looked up; before it stands a list or a system. */
const LOOK_UP = /\$(?:xref|customer|code)\(\s*"[^"]*"\s*,\s*/g;
/** Nor is what differs from one evaluation to the next, or what runs text as code. */
const CHANGING = /\$(?:now|millis|random|shuffle|eval)\b/;
const CAN_BE_COMPARED = (text: string): boolean => !CHANGING.test(text);

/** The shipped mappings and the expressions of their flows, and the official suite where it is. */
export function readCorpus(): readonly Written[] {
  return [...shipped(), ...suite()].filter(({ text }) => CAN_BE_COMPARED(text));
}

export function canBeCompared(text: string): boolean {
  return CAN_BE_COMPARED(text);
}

function shipped(): readonly Written[] {
  return shippedFlows().flatMap((name) => {
    const folder = join(SHIPPED, "mappings", name);
    const inputs = readdirSync(join(folder, "cases")).map(
      (file) =>
        (JSON.parse(readFileSync(join(folder, "cases", file), "utf8")) as { readonly in: unknown }).in,
    );
    const texts = readdirSync(folder)
      .filter((file) => file.endsWith(".jsonata"))
      .map((file) => readFileSync(join(folder, file), "utf8"));
    return [...texts, ...expressions(readFileSync(join(folder, "flow.yaml"), "utf8"))].map((text) => ({
      text: withoutOwnFunctions(text),
      inputs,
      bindings: { headers: { source: "erp" }, message: { receivedAt: 1_795_000_000_000 } },
    }));
  });
}

/** `key`, `version`, `event`, `record` and every `when` of a flow. */
function expressions(yaml: string): readonly string[] {
  const flow = parse(yaml) as Readonly<Record<string, unknown>> & {
    readonly routes: readonly { readonly when?: string }[];
  };
  const named = [flow["key"], flow["version"], flow["event"], flow["record"]];
  return [...named, ...flow.routes.map(({ when }) => when)].filter((text) => typeof text === "string");
}

/** The library has no such functions, so both get one that it can know. */
function withoutOwnFunctions(text: string): string {
  return text.replace(LOOK_UP, "$$string(").replace(OWN_FUNCTION, "$$string");
}

/** Inputs of the suite that are larger than this take longer than they teach. */
const LARGEST = 20_000;

/** What only a limit ends takes seconds, and teaches nothing that the first run of it did not. */
function isQuick({ group, input, depth }: SuiteCase): boolean {
  return group !== "performance" && depth === undefined && (JSON.stringify(input) ?? "").length <= LARGEST;
}

function suite(): readonly Written[] {
  const folder = suiteFolder();
  if (folder === null) return [];
  return readSuite(folder)
    .filter(isQuick)
    .map(({ expr, input, bindings }) => ({ text: expr, inputs: [input], bindings }));
}
