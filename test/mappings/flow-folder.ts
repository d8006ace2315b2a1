import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { FlowDefinition, SystemSource } from "../../src/config/flow-definition.ts";
import { type CompiledFlow, compileFlow } from "../../src/flow/compile.ts";
import { codeListTexts } from "./shipped-flows.ts";

/** What these tests read of a `flow.yaml`; whether the file is valid is the loader's business. */
interface Written {
  readonly source:
    | { readonly system: string; readonly read: string; readonly format?: unknown }
    | { readonly topic: string };
  readonly accepts: string;
  readonly key: string;
  readonly version?: string;
  readonly event?: string;
  readonly record?: string;
  readonly map: string;
  readonly emits: string;
  readonly routes: readonly { readonly to: string; readonly when?: string }[];
}

/** A flow folder compiled alone: no systems, no settings, only the flow's own texts. */
export function openFlowFolder(project: string, name: string): CompiledFlow {
  const read = (path: string): string => readFileSync(join(project, path), "utf8");
  const file = `mappings/${name}/flow.yaml`;
  const written = parse(read(file)) as Written;
  const map = `mappings/${name}/${written.map}`;
  const own = [file, map, written.accepts, written.emits].map((path) => [path, read(path)] as const);
  const texts = { ...Object.fromEntries(own), ...codeListTexts(project) };
  const definition: FlowDefinition = {
    name,
    file,
    description: "",
    source:
      "topic" in written.source
        ? written.source
        : toSource(written.source, (path) => read(`mappings/${name}/${path}`)),
    schedule: null,
    accepts: written.accepts,
    key: written.key,
    version: written.version ?? null,
    event: written.event ?? null,
    record: written.record ?? null,
    carries: "change",
    conflict: "refuse",
    eventWindow: 0,
    map,
    emits: written.emits,
    routes: written.routes.map(({ to, when }) => ({ to, when: when ?? null, onPark: "skip" })),
    guard: { rejected: null },
    onError: {
      retries: 0,
      backoff: { first: 1, last: 1 },
      data: "park",
      missingReference: { policy: "park", maxAge: 0 },
    },
    publish: true,
    allowFallback: false,
    // Generous, so that a busy machine cannot fail a mapping.
    limits: { deadline: 2_000, body: 1_048_576 },
    texts,
  };
  return compileFlow(definition);
}

type Read = (path: string) => string;

function toSource(
  source: { system: string; read: string; format?: unknown },
  readBeside: Read,
): SystemSource {
  return { system: source.system, read: source.read, format: toFormat(source.format ?? "json", readBeside) };
}

/**
 * `json` is short for `json: {}`, YAML's null is how `empty: null` reads, and a copybook is named by its path from the
 * flow's folder.
 */
function toFormat(format: unknown, readBeside: Read): SystemSource["format"] {
  if (typeof format === "string") return { [format]: {} } as unknown as SystemSource["format"];
  const { csv, cobol } = format as { csv?: { empty?: string | null }; cobol?: { copybook: string } };
  if (csv?.empty === null) return { csv: { ...csv, empty: "null" } } as SystemSource["format"];
  if (cobol !== undefined) {
    return { cobol: { ...cobol, copybook: readBeside(cobol.copybook) } } as SystemSource["format"];
  }
  return format as SystemSource["format"];
}
