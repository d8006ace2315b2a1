import { type Breach, type Structure, structureOf } from "../schema/structure.ts";
import { didYouMean, nearest } from "./did-you-mean.ts";
import { alternatives, asSchema, choicesOf, expectation } from "./expectation.ts";
import type { Reporter } from "./reporter.ts";
import type { Path } from "./yaml-file.ts";

export interface StructureOptions {
  /** Where `data` is in the file. */
  readonly at?: Path;
  /** A value as it may be shown; null when it must not be. Default: as it is. */
  readonly show?: (path: Path, value: unknown) => string | null;
  /** Places that were reported already. */
  readonly known?: readonly Path[];
}

const ABOUT_KEYS: ReadonlySet<string> = new Set(["additionalProperties", "required", "propertyNames"]);

/** Reports every rule of the schema that `data` breaks: the key, what was expected, what is there, the likely cure. True when there is none. */
export function checkStructure(
  structure: Structure,
  data: unknown,
  report: Reporter,
  { at = [], show = (_, value) => showValue(value), known = [] }: StructureOptions = {},
): boolean {
  const breaches = withoutAlternatives(structure(data), []);
  const unknownNames = breaches.filter(({ keyword }) => keyword === "additionalProperties");
  const reported = new Set<string>();
  for (const breach of breaches) {
    const path = [...at, ...breach.path];
    if (!ABOUT_KEYS.has(breach.keyword)) {
      // Of several rules that one value breaks the first says enough.
      const name = JSON.stringify(path);
      if (reported.has(name)) continue;
      reported.add(name);
    }
    if (known.some((place) => samePath(place, path))) continue;
    if (breach.keyword === "required" && isMisspelled(breach, unknownNames)) continue;
    reportBreach(breach, path, report, show);
  }
  return breaches.length === 0;
}

/** `source.system`, `routes[1].to`; empty for the root. */
function pathName(path: Path): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step + 1}]` : `${index === 0 ? "" : "."}${step}`))
    .join("");
}

/** A value as messages show it. */
export function showValue(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}

type Show = NonNullable<StructureOptions["show"]>;

function reportBreach(breach: Breach, path: Path, report: Reporter, show: Show): void {
  const { keyword, params, schema, data } = breach;
  const name = pathName(path);
  if (keyword === "additionalProperties") {
    const key = String(params["additionalProperty"]);
    const candidates = Object.keys(asSchema(schema["properties"]));
    report.key([...path, key], `${pathName([...path, key])} is not a known key`, didYouMean(key, candidates));
  } else if (keyword === "required") {
    const key = String(params["missingProperty"]);
    const meaning = asSchema(asSchema(schema["properties"])[key])["description"];
    const cure = typeof meaning === "string" ? meaning : null;
    report.key(path, `${pathName([...path, key])} is missing`, cure);
  } else if (keyword === "propertyNames") {
    const key = String(params["propertyName"]);
    const rule = expectation(asSchema(schema["propertyNames"]));
    report.key([...path, key], `${pathName([...path, key])}: expected ${rule}`);
  } else {
    const shown = show(path, data);
    const got = shown === null ? "" : `, got ${shown}`;
    const choices = choicesOf(schema);
    const meant = typeof data === "string" && shown !== null ? nearest(data, choices) : undefined;
    const message = `${name === "" ? "the file" : name}: expected ${expectation(schema, keyword)}${got}`;
    report.value(path, message, meant === undefined ? null : `Did you mean "${meant}"?`);
  }
}

/** A key that is missing because it is misspelled is reported once, as the misspelled one. */
function isMisspelled(missing: Breach, unknownNames: readonly Breach[]): boolean {
  const wanted = String(missing.params["missingProperty"]);
  return unknownNames.some(
    (breach) =>
      samePath(breach.path, missing.path) &&
      nearest(
        String(breach.params["additionalProperty"]),
        Object.keys(asSchema(breach.schema["properties"])),
      ) === wanted,
  );
}

/** Of several forms that a value may have, only what is wrong by the nearest one is worth reading. */
function withoutAlternatives(breaches: readonly Breach[], at: Path): readonly Breach[] {
  const unions = breaches.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf");
  const outer = unions.filter(
    (union) =>
      !unions.some(
        (other) => other !== union && other.path.length < union.path.length && within(union.path, other.path),
      ),
  );
  const plain = breaches.filter(
    (breach) => breach.keyword !== "if" && !outer.some((union) => within(breach.path, union.path)),
  );
  const inner = outer.flatMap((union) => (choicesOf(union.schema).length > 0 ? [union] : nearestForm(union)));
  return [...plain, ...inner].map((breach) => ({ ...breach, path: [...at, ...breach.path] }));
}

function nearestForm(union: Breach): readonly Breach[] {
  const forms = alternatives(union.schema).map((schema) => structureOf(schema)(union.data));
  const weight = (form: readonly Breach[]): number =>
    form.reduce(
      (sum, { keyword, path }) =>
        sum + (keyword === "const" ? 100 : path.length === 0 && keyword === "type" ? 1000 : 1),
      0,
    );
  const best = [...forms].sort((left, right) => weight(left) - weight(right))[0];
  return best === undefined ? [union] : withoutAlternatives(best, union.path);
}

function within(path: Path, outer: Path): boolean {
  return outer.every((step, index) => path[index] === step);
}

function samePath(left: Path, right: Path): boolean {
  return left.length === right.length && within(left, right);
}
