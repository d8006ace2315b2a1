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
  /** Files that are refused as a whole, by the error that says so. */
  readonly refused?: Readonly<Record<string, number>>;
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
    flow: "partner-orders-edifact",
    drop: "edifact-orders",
    files: async (samples) => [
      ...(await named(samples, "erp/edifact", /^ORDERS/)),
      ...(await named(samples, "erp/idoc", /^(edifact|tradacoms).*\.edi$/)),
    ],
    records: 3,
    rejected: {},
    // TRADACOMS looks like EDIFACT, and is none.
    refused: { TL_DECODE_FAILED: 1 },
  },
  {
    flow: "edifact-invoices",
    drop: "edifact-invoices",
    files: (samples) => named(samples, "erp/edifact", /^EDIFACT/),
    records: 3,
    rejected: {},
    // It says UNOW, which is UTF-8, and is not.
    refused: { TL_ENCODING_INVALID: 1 },
  },
  {
    flow: "partner-orders-x12",
    drop: "x12",
    files: async (samples) => [
      ...(await named(samples, "erp/x12", /\.edi$/)),
      ...(await named(samples, "erp/idoc", /^x12.*\.edi$/)),
    ],
    records: 6,
    // A ship notice among the orders.
    rejected: { TL_ACCEPTS_FAILED: 1 },
    // An eligibility answer that ends after SE, without GE and IEA.
    refused: { TL_FILE_TRUNCATED: 1 },
  },
  {
    flow: "cobol-companies",
    drop: "cobol",
    files: (samples) => named(samples, "erp/cobol", /\.dat$/),
    records: 1000,
    rejected: {},
  },
  {
    flow: "cobol-accounts",
    drop: "cobol-accounts",
    files: (samples) => named(samples, "erp/cobol", /\.txt$/),
    records: 10,
    rejected: {},
  },
  {
    flow: "invoices-cii",
    drop: "cii",
    files: (samples) => named(samples, "billing/cii", /\.xml$/),
    records: 2,
    rejected: {},
  },
  {
    flow: "bank-payments-camt",
    drop: "camt",
    files: (samples) => named(samples, "billing/camt", /\.xml$/),
    records: 4,
    rejected: {},
  },
  {
    flow: "bank-payments-mt940",
    drop: "mt940",
    files: (samples) => named(samples, "billing/mt940", /\.(sta|txt)$/),
    records: 37,
    // An entry behind the end of its statement.
    rejected: { TL_DECODE_FAILED: 1 },
    // A list of balances that is no statement; code page 852, which is no encoding of the web.
    refused: { TL_DECODE_FAILED: 1, TL_ENCODING_INVALID: 1 },
  },
  {
    flow: "vcards",
    drop: "vcards",
    files: (samples) => named(samples, "contacts/vcard", /\.vcf$/),
    records: 15,
    // Two without a name; a text that is not of the character set it says.
    rejected: { TL_KEY_MISSING: 2, TL_DECODE_FAILED: 1 },
  },
  {
    flow: "stripe-invoices",
    drop: "stripe",
    files: (samples) => named(samples, "billing/stripe", /\.json$/),
    records: 1,
    rejected: {},
  },
  {
    flow: "northwind-suppliers",
    drop: "northwind-suppliers",
    files: (samples) => named(samples, "crm/northwind", /^(suppliers|products|employees)\.csv$/),
    records: 115,
    // 77 products and 9 employees are no suppliers; the addresses of 9 suppliers have commas that nobody quoted.
    rejected: { TL_ACCEPTS_FAILED: 86, TL_DECODE_FAILED: 9 },
  },
  {
    flow: "salesforce-brokers",
    drop: "salesforce-brokers",
    files: (samples) => named(samples, "crm/salesforce", /^brokers-data\.json$/),
    records: 8,
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
