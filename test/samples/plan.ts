import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { sqlRowsAsCsv } from "./sql-rows.ts";

/** One kind of sample: which flow takes it, where it is dropped, and what must come of it. */
export interface Sample {
  readonly flow: string;
  /** Folder below the drop folder; the same as in `project/tieline.yaml`. */
  readonly drop: string;
  /** The files, from the folder of samples. */
  files(samples: string): Promise<readonly SampleFile[]>;
  /** Over all files: records, and those that are wrong by the error that says so. */
  readonly records: number;
  readonly rejected: Readonly<Record<string, number>>;
}

export interface SampleFile {
  readonly name: string;
  readonly content: Uint8Array;
}

export const SAMPLES: readonly Sample[] = [
  {
    flow: "northwind-customers",
    drop: "northwind",
    files: (samples) => named(samples, "crm/northwind", /^customers\.csv$/),
    records: 91,
    // Addresses such as `24, place Kléber` that nobody quoted: a column too many.
    rejected: { TL_DECODE_FAILED: 24 },
  },
  { flow: "chinook-customers", drop: "chinook", files: chinook("customer"), records: 59, rejected: {} },
  { flow: "chinook-invoices", drop: "chinook", files: chinook("invoice"), records: 412, rejected: {} },
  {
    flow: "salesforce-contacts",
    drop: "salesforce",
    files: (samples) => named(samples, "crm/salesforce", /^contacts-data\.json$/),
    records: 5,
    rejected: {},
  },
  {
    flow: "idoc-orders",
    drop: "orders",
    files: (samples) => named(samples, "erp/idoc", /^(?!s4soap).*Order_Response.*\.xml$/),
    records: 2,
    rejected: {},
  },
  {
    flow: "idoc-invoices",
    drop: "invoices",
    files: (samples) => named(samples, "erp/idoc", /Invoice.*\.xml$/),
    records: 5,
    rejected: {},
  },
  {
    flow: "idoc-deliveries",
    drop: "deliveries",
    files: (samples) => named(samples, "erp/idoc", /^(?!s4soap).*Delivery.*\.xml$/),
    records: 3,
    rejected: {},
  },
  {
    flow: "soap-orders",
    drop: "soap-orders",
    files: (samples) => named(samples, "erp/idoc", /^s4soap.*Order_Response.*\.xml$/),
    records: 1,
    rejected: {},
  },
  {
    flow: "soap-deliveries",
    drop: "soap-deliveries",
    files: (samples) => named(samples, "erp/idoc", /^s4soap.*Delivery.*\.xml$/),
    records: 1,
    rejected: {},
  },
  {
    flow: "pbx-calls",
    drop: "calls",
    files: (samples) => named(samples, "telephony/recorded", /^cdr-.*\.csv$/),
    records: 8,
    rejected: {},
  },
];

async function named(samples: string, folder: string, pattern: RegExp): Promise<readonly SampleFile[]> {
  const names = (await readdir(join(samples, folder))).filter((name) => pattern.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      name: basename(name),
      content: await readFile(join(samples, folder, name)),
    })),
  );
}

/** The rows of one table of the SQL script, as the CSV file a system would have exported. */
function chinook(table: string): Sample["files"] {
  return async (samples) => {
    const script = await readFile(join(samples, "crm/chinook/customer_invoice_postgres.sql"), "utf8");
    return [{ name: `${table}.csv`, content: Buffer.from(sqlRowsAsCsv(script, table)) }];
  };
}
