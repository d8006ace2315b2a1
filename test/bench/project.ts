import { createHmac } from "node:crypto";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { COLUMNS } from "./customer.ts";
import { temporaryFolder } from "./temporary.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The secret that senders sign with: HMAC-SHA256 over the body, as hex in `x-signature`; `x-event` names the event. */
export const SECRET = "bench-secret-of-some-length";

/** Only functions of JSONata's own, so that the library alone can do it too. */
export const MAPPING = `{
  "id": number,
  "type": kind = "P" ? "person" : "organization",
  "name": {
    "full": kind = "P" ? firstName & " " & lastName : company,
    "given": kind = "P" ? firstName : null,
    "family": kind = "P" ? lastName : null,
    "company": kind = "P" ? null : company
  },
  "status": state = "A" ? "active" : state = "B" ? "blocked" : "inactive",
  "language": $lowercase(language),
  "taxId": vatId,
  "emails": [{ "type": "work", "address": $lowercase($trim(email)) }],
  "phones": [{ "type": "work", "number": phone }, { "type": "mobile", "number": mobile }],
  "addresses": [{ "type": "work", "street": street, "postalCode": zip, "city": city, "region": region, "country": country }],
  "attributes": { "industry": industry, "paymentDays": $number(paymentDays) },
  "notes": note
}
`;

/** What a shop's customer must look like before it is mapped. */
export const ACCEPTS = {
  type: "object",
  additionalProperties: false,
  required: ["number", "kind", "country", "changedAt"],
  properties: Object.fromEntries(COLUMNS.map((name) => [name, { type: "string", maxLength: 1000 }])),
};

export const CANONICAL = join(ROOT, "schemas/canonical/customer.schema.json");

/** A project folder for one measurement. */
export interface BenchProject {
  readonly dir: string;
  readonly inbox: string;
  readonly data: string;
  remove(): Promise<void>;
}

/**
 * A project with the flow `customers` (signed webhook → crm.customer), the flow `files` (CSV drop folder → crm.customer),
 * and as many further flows as asked, alike but with sources of their own.
 */
export async function benchProject(furtherFlows = 0): Promise<BenchProject> {
  const folder = await temporaryFolder("project");
  const dir = folder.path;
  const inbox = join(dir, "inbox");
  await mkdir(inbox, { recursive: true });
  await cp(join(ROOT, "schemas/canonical"), join(dir, "schemas/canonical"), { recursive: true });
  await mkdir(join(dir, "schemas/shop"), { recursive: true });
  await writeFile(
    join(dir, "schemas/shop/customer.schema.json"),
    JSON.stringify({ $schema: "https://json-schema.org/draft/2020-12/schema", ...ACCEPTS }),
  );
  const further = Array.from({ length: furtherFlows }, (_, index) => `customers-${index + 1}`);
  const webhook = `{ scheme: hex, header: x-signature, eventHeader: x-event, secrets: ["\${env:BENCH_SECRET}"] }`;
  await writeFile(
    join(dir, "tieline.yaml"),
    `apiVersion: tieline/v1
listen: 127.0.0.1:8400
limits: { backlog: 100000000 }
systems:
  files:
    connector: erp
    settings:
      files:
        customers: { inbox: ${JSON.stringify(inbox)}, pattern: "*.csv", stable: 100 }
  shop:
    connector: billing
    settings:
      webhooks:
${["customers", ...further].map((name) => `        ${name}: ${webhook}`).join("\n")}
`,
  );
  const flow = (name: string, source: string): Promise<void> => writeFlow(dir, name, source);
  await flow("customers", "{ system: shop, read: customers, format: json }");
  await flow("files", '{ system: files, read: customers, format: { csv: { delimiter: ";" } } }');
  for (const name of further) await flow(name, `{ system: shop, read: ${name}, format: json }`);
  return { dir, inbox, data: join(dir, "data"), remove: folder.remove };
}

async function writeFlow(dir: string, name: string, source: string): Promise<void> {
  const folder = join(dir, "mappings", name);
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "flow.yaml"),
    `apiVersion: tieline/v1
description: Customers of the shop
source: ${source}
accepts: schemas/shop/customer.schema.json
key: number
version: changedAt
map: customer.jsonata
emits: schemas/canonical/customer.schema.json
routes:
  - to: crm.customer
onError: { data: ${name === "files" ? "reject-row" : "park"} }
`,
  );
  await writeFile(join(folder, "customer.jsonata"), MAPPING);
}

export function signature(body: string): string {
  return createHmac("sha256", SECRET).update(body).digest("hex");
}
