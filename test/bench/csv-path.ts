/** CSV file to mapped and validated records, nothing stored: by the hub's steps, or by csv-parse, the library and ajv. */
import { createReadStream, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse } from "csv-parse";
import jsonata from "jsonata";
import type * as CsvModule from "../../src/format/csv.ts";
import type * as CompileModule from "../../src/mapping/compile.ts";
import type * as SchemaModule from "../../src/schema/compile.ts";
import { answerParent } from "./child.ts";
import { compiled } from "./compiled.ts";
import { CANONICAL, MAPPING } from "./project.ts";

const { openCsv } = await compiled<typeof CsvModule>("src/format/csv");
const { compileMapping } = await compiled<typeof CompileModule>("src/mapping/compile");
const { compileSchema } = await compiled<typeof SchemaModule>("src/schema/compile");
const SCHEMA = readFileSync(CANONICAL, "utf8");

await answerParent(async ({ kind }: { readonly kind: "ours" | "other" }) => {
  const walk = kind === "ours" ? ours() : other();
  return async ({ path }: { readonly path: string }) => {
    const before = process.cpuUsage();
    const valid = await walk(path);
    const { user, system } = process.cpuUsage(before);
    return { valid, seconds: (user + system) / 1e6 } satisfies Walked;
  };
});

/** One file walked to its end. */
export interface Walked {
  /** Records that were mapped and kept to the schema. */
  readonly valid: number;
  /** Processor time of all threads of the process. */
  readonly seconds: number;
}

/** Gives the number of valid records of a file. */
type Walk = (path: string) => Promise<number>;

function ours(): Walk {
  const mapping = compileMapping(MAPPING, { path: "customer.jsonata" });
  const schema = compileSchema(SCHEMA, CANONICAL);
  return async (path) => {
    let valid = 0;
    for await (const rows of openCsv({ delimiter: ";" }).records(path)) {
      for (const row of rows) {
        if (row.value === undefined) continue;
        if (schema.validate(mapping.evaluate(row.value)).length === 0) valid += 1;
      }
    }
    return valid;
  };
}

function other(): Walk {
  const mapping = jsonata(MAPPING);
  const ajv = new Ajv2020({ strictTypes: false });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(SCHEMA) as object);
  return async (path) => {
    let valid = 0;
    const parser = createReadStream(path).pipe(parse({ columns: true, delimiter: ";" }));
    for await (const record of parser) if (validate(await mapping.evaluate(record))) valid += 1;
    return valid;
  };
}
