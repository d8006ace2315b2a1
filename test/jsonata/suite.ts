import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = new URL("../..", import.meta.url).pathname;

/** One case of the official suite, as its files have it (github.com/jsonata-js/jsonata, test/test-suite). */
export interface SuiteCase {
  readonly group: string;
  /** `case001.json`, or `case001.json[3]` where a file holds several. */
  readonly name: string;
  readonly expr: string;
  readonly input: unknown;
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly timelimit: number | undefined;
  readonly depth: number | undefined;
  readonly unordered: boolean;
  readonly wanted: Wanted;
}

export type Wanted = { readonly result: unknown } | { readonly nothing: true } | { readonly code: string };

interface Written {
  readonly expr?: string;
  readonly "expr-file"?: string;
  readonly dataset?: string | null;
  readonly data?: unknown;
  readonly bindings?: Readonly<Record<string, unknown>>;
  readonly timelimit?: number;
  readonly depth?: number;
  readonly unordered?: boolean;
  readonly result?: unknown;
  readonly undefinedResult?: boolean;
  readonly code?: string;
  readonly error?: { readonly code: string };
}

/** The folder of the suite: JSONATA_SUITE, else beside the repository. Null where there is none. */
export function suiteFolder(): string | null {
  const folder = resolve(ROOT, process.env["JSONATA_SUITE"] ?? "../shared/jsonata-suite");
  return existsSync(join(folder, "groups")) ? folder : null;
}

export const NO_SUITE = "the official JSONata suite is not here; name its folder with JSONATA_SUITE";

/** Every case, by group. Inputs are read anew for each case: none can see what another did to it. */
export function readSuite(folder: string): readonly SuiteCase[] {
  const groups = join(folder, "groups");
  return readdirSync(groups)
    .sort()
    .flatMap((group) =>
      readdirSync(join(groups, group))
        .filter((file) => file.endsWith(".json"))
        .sort()
        .flatMap((file) => readCases(folder, group, file)),
    );
}

function readCases(folder: string, group: string, file: string): SuiteCase[] {
  const at = (name: string): string => readFileSync(join(folder, "groups", group, name), "utf8");
  const written = JSON.parse(at(file)) as Written | readonly Written[];
  const many = Array.isArray(written);
  const list = (many ? written : [written]) as readonly Written[];
  return list.map((one, index) => ({
    group,
    name: many ? `${file}[${index}]` : file,
    expr: one["expr-file"] === undefined ? (one.expr ?? "") : at(one["expr-file"]),
    input: inputOf(folder, one),
    bindings: one.bindings ?? {},
    timelimit: one.timelimit,
    depth: one.depth,
    unordered: one.unordered === true,
    wanted: wantedOf(one),
  }));
}

/** A case of neither data nor data set is evaluated over nothing. */
function inputOf(folder: string, { data, dataset }: Written): unknown {
  if (data !== undefined) return data;
  if (dataset === undefined || dataset === null) return undefined;
  return JSON.parse(readFileSync(join(folder, "datasets", `${dataset}.json`), "utf8"));
}

/** The words of a failure are ours, and never quote a value; what a case can ask for is its code. */
function wantedOf({ result, undefinedResult, code, error }: Written): Wanted {
  const failure = code ?? error?.code;
  if (failure !== undefined) return { code: failure };
  return undefinedResult === true ? { nothing: true } : { result };
}
