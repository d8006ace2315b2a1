import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { HubError } from "../../src/errors.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import type { Limits } from "../../src/mapping/limits.ts";
import type { Json } from "../../src/message/json.ts";

/** A case of the official JSONata test suite, as its files have them. */
interface SuiteCase {
  readonly expr?: string;
  readonly "expr-file"?: string;
  readonly dataset?: string | null;
  readonly data?: Json;
  readonly bindings?: Readonly<Record<string, Json>>;
  readonly timelimit?: number;
  readonly depth?: number;
  readonly result?: Json;
  readonly undefinedResult?: boolean;
  readonly code?: string;
  readonly error?: { readonly code?: string };
}

export interface SuiteOutcome {
  /** `group/file` and the number within the file. */
  readonly name: string;
  readonly expression: string;
  readonly passed: boolean;
  readonly native: boolean;
  /** It is refused when it is compiled, on purpose. */
  readonly refused: boolean;
  readonly expected: string;
  readonly got: string;
}

/** Runs the suite in a folder with `groups` and `datasets`. */
export function runSuite(folder: string, allowFallback = false): readonly SuiteOutcome[] {
  const groups = readdirSync(join(folder, "groups")).sort();
  return groups.flatMap((group) => {
    const files = readdirSync(join(folder, "groups", group)).sort();
    return files
      .filter((file) => file.endsWith(".json"))
      .flatMap((file) => {
        const parsed: unknown = readJson(join(folder, "groups", group, file));
        const cases = (Array.isArray(parsed) ? parsed : [parsed]) as readonly SuiteCase[];
        return cases.map((one, index) =>
          runCase(folder, `${group}/${file}#${index}`, group, one, allowFallback),
        );
      });
  });
}

function readJson(path: string): Json {
  return JSON.parse(readFileSync(path, "utf8")) as Json;
}

function runCase(
  folder: string,
  name: string,
  group: string,
  one: SuiteCase,
  allowFallback: boolean,
): SuiteOutcome {
  const file = one["expr-file"];
  const expression =
    one.expr ?? (file === undefined ? "" : readFileSync(join(folder, "groups", group, file), "utf8"));
  const code = one.code ?? one.error?.code;
  const expected =
    code ?? (one.undefinedResult === true || !("result" in one) ? "nothing" : JSON.stringify(one.result));
  let native = false;
  try {
    const mapping = compileMapping(expression, {
      path: name,
      allowFallback,
      limits: limitsOf(one),
    });
    native = mapping.native;
    const result = mapping.evaluate(inputOf(folder, one), one.bindings);
    const passed = code === undefined && isDeepStrictEqual(plain(result), plain(one.result));
    const got = result === undefined ? "nothing" : JSON.stringify(result);
    return { name, expression, passed, native, refused: false, expected, got };
  } catch (thrown) {
    if (!(thrown instanceof HubError)) {
      return {
        name,
        expression,
        passed: false,
        native,
        refused: false,
        expected,
        got: String((thrown as Error).stack),
      };
    }
    const refused = thrown.code === "TL_MAPPING_INVALID";
    const passed = code !== undefined && (isSameFailure(thrown, code) || (refused && UNKNOWN.has(code)));
    return { name, expression, passed, native, refused, expected, got: thrown.describe() };
  }
}

/** The suite counts the depth in steps of the library; a call of a function is about four. */
function limitsOf({ timelimit = 10_000, depth }: SuiteCase): Partial<Limits> {
  return {
    deadline: timelimit,
    sequence: 1e7,
    ...(depth === undefined ? {} : { depth: Math.ceil(depth / 4) }),
  };
}

function plain(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Json);
}

function inputOf(folder: string, one: SuiteCase): Json {
  if (typeof one.dataset !== "string") return one.data as Json;
  const path = join(folder, "datasets", `${one.dataset}.json`);
  return existsSync(path) ? readJson(path) : null;
}

/** Calls of what is not there, which are refused before they are evaluated. */
const UNKNOWN = new Set(["T1005", "T1006", "T1007", "T1008"]);

/** Limits have codes of the library's own; ours is one for all. */
const LIMITS = new Set(["D1011", "D1012", "D2014", "D2015", "U1001"]);

function isSameFailure(error: HubError, code: string): boolean {
  return error.message.includes(code) || (LIMITS.has(code) && error.code === "TL_MAPPING_RUNAWAY");
}
