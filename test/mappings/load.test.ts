import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { ProjectEnvironment } from "../../src/config/environment.ts";
import { type Inspection, inspectProject } from "../../src/config/load-project.ts";
import type { SystemCatalogue } from "../../src/config/system-catalogue.ts";
import { loadConnectors } from "../../src/connector/registry.ts";
import { asHubError, type HubError } from "../../src/errors.ts";
import { openFormat } from "../../src/format/open.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import { LOOK_UPS } from "../../src/mapping/look-up-calls.ts";
import { compileSchema } from "../../src/schema/compile.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** The systems that the shipped flows name, as a hub would configure them. */
const SETTINGS = `apiVersion: tieline/v1
systems:
  erp:
    connector: erp
    settings:
      files:
        customer-files: { inbox: ./drop/erp, pattern: "kunden-*.csv" }
        customer-idocs: { inbox: ./drop/erp, pattern: "DEBMAS_*.xml" }
  mainframe:
    connector: erp
    settings: { files: { customer-records: { inbox: ./drop/mainframe, pattern: "CUST*.dat" } } }
  partners:
    connector: erp
    settings:
      files:
        edifact-orders: { inbox: ./drop/partners, pattern: "*.edi" }
        x12-orders: { inbox: ./drop/partners, pattern: "*.x12" }
  invoicing:
    connector: erp
    settings:
      files:
        ubl-invoices: { inbox: ./drop/invoicing, pattern: "UBL_*.xml" }
        cii-invoices: { inbox: ./drop/invoicing, pattern: "CII_*.xml" }
  bank:
    connector: erp
    settings:
      files:
        camt-statements: { inbox: ./drop/bank, pattern: "camt*.xml" }
        mt940-statements: { inbox: ./drop/bank, pattern: "*.sta" }
  pbx:
    connector: telephony
    settings: { callRecords: { call-records: { inbox: ./drop/pbx, pattern: "cdr-*.csv" } } }
  website:
    connector: web
    settings: { forms: { contact: {} } }
  billing:
    connector: billing
    settings:
      webhooks:
        invoices: { scheme: standard, secrets: ["\${env:BILLING_SECRET}"] }
        customers: { scheme: standard, secrets: ["\${env:BILLING_SECRET}"] }
      endpoints:
        customer: { url: "http://127.0.0.1:9/customers", idempotent: true }
        payment: { url: "http://127.0.0.1:9/payments", idempotent: true }
        payment-mt940: { url: "http://127.0.0.1:9/payments", idempotent: true }
`;

let project = "";
afterEach(() => rmSync(project, { recursive: true }));

test("the shipped flows load without an error or a warning", async () => {
  const { project: loaded, findings } = await inspectShipped();
  expect(findings).toEqual([]);
  expect(loaded?.flows.map(({ name }) => name)).toEqual([
    "bank-payments-camt",
    "bank-payments-mt940",
    "billing-customers",
    "billing-invoices",
    "crm-customers-to-billing",
    "erp-customers",
    "erp-customers-idoc",
    "invoices-cii",
    "invoices-ubl",
    "mainframe-customers",
    "partner-orders-edifact",
    "partner-orders-x12",
    "pbx-calls",
    "website-contact",
  ]);
});

test("what they say of order, versions and references is what the loader understands", async () => {
  const { project: loaded } = await inspectShipped();
  const flow = (name: string) => loaded?.flows.find((one) => one.name === name);
  expect(flow("erp-customers")).toMatchObject({
    carries: "state",
    schedule: { zone: "Europe/Berlin", window: { from: "01:00", to: "05:30" }, misfire: "run-once" },
    source: { format: { csv: { encoding: "windows-1252", empty: "null" } } },
    guard: { rejected: 0.05 },
  });
  expect(flow("billing-invoices")?.onError.missingReference).toEqual({ policy: "wait", maxAge: 7_200_000 });
  expect(flow("crm-customers-to-billing")).toMatchObject({ carries: "state", version: null });
  expect(flow("pbx-calls")?.carries).toBe("change");
});

async function inspectShipped(): Promise<Inspection> {
  project = mkdtempSync(join(tmpdir(), "tieline-shipped-"));
  for (const folder of ["mappings", "schemas"]) {
    cpSync(join(ROOT, folder), join(project, folder), { recursive: true });
  }
  writeFileSync(join(project, "tieline.yaml"), SETTINGS);
  return inspectProject(project, await environment());
}

async function environment(): Promise<ProjectEnvironment> {
  return {
    variables: { BILLING_SECRET: `whsec_${Buffer.alloc(32, 1).toString("base64")}` },
    catalogue: await catalogue(),
    compileExpression: (text, { lookUps }) =>
      problem(() => compileMapping(text, { path: "", functions: lookUps ? LOOK_UPS : {} })),
    compileSchema: (text, path, read) => problem(() => compileSchema(text, path, read)),
    compileFormat: (format) => problem(() => openFormat(format)),
    createSecrets: false,
  };
}

function problem(compile: () => unknown): HubError | null {
  try {
    compile();
    return null;
  } catch (thrown) {
    return asHubError(thrown);
  }
}

async function catalogue(): Promise<SystemCatalogue> {
  const connectors = await loadConnectors();
  return {
    connectors: Object.fromEntries(
      Object.entries(connectors).map(([name, { settings }]) => [name, { settingsSchema: settings }]),
    ),
    describe(system, { connector, settings }) {
      const opened = connectors[connector]?.open(settings, { system, now: () => 0 });
      if (opened === undefined) return undefined;
      const kinds = Object.entries(opened.sources).map(([name, { kind }]) => [name, kind] as const);
      return { sources: Object.fromEntries(kinds), sinks: Object.keys(opened.sinks) };
    },
  };
}
