import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;

/** A project folder of its own for one fault: what it is made of is said here, nothing is shared. */
export interface FaultProject {
  readonly dir: string;
  readonly inbox: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface FaultProjectOptions {
  /** Where the flow `events` also sends, e.g. a fake target. */
  readonly target?: { readonly url: string; readonly idempotent: boolean };
  /** Replaces the mapping of `events`. */
  readonly mapping?: string;
  /** Further lines of the flow `events`. */
  readonly events?: string;
}

/** The secret the fake sender signs with. */
export const SECRET = "fault-suite-secret";

/**
 * Two flows: `events` (signed webhook → crm.interaction, in order per customer, and a target where asked) and `customers`
 * (CSV drop folder → crm.customer).
 */
export async function makeProject(options: FaultProjectOptions = {}): Promise<FaultProject> {
  const dir = await mkdtemp(join(tmpdir(), "tieline-fault-"));
  const inbox = join(dir, "inbox");
  await Promise.all(["inbox", "mappings/events", "mappings/customers", "schemas"].map((name) => mkdir(join(dir, name), { recursive: true })));
  await cp(join(ROOT, "schemas/canonical"), join(dir, "schemas/canonical"), { recursive: true });
  const target = options.target;
  await writeFile(
    join(dir, "tieline.yaml"),
    `listen: 127.0.0.1:8400
systems:
  erp:
    connector: erp
    settings:
      files:
        customers: { inbox: ${JSON.stringify(inbox)}, pattern: "*.csv", stable: 300 }
        customers-xml: { inbox: ${JSON.stringify(inbox)}, pattern: "*.xml", stable: 300 }
  shop:
    connector: billing
    settings:
      webhooks:
        events: { scheme: hex, header: x-signature, eventHeader: x-event, secrets: ["\${env:FAULT_SECRET}"] }
${target === undefined ? "" : `      endpoints:\n        notes: { url: ${JSON.stringify(target.url)}, idempotent: ${target.idempotent}, timeout: 3000 }\n`}`,
  );
  await writeFile(
    join(dir, "mappings/events/flow.yaml"),
    `apiVersion: tieline/v1
description: Notes that must take effect in order per customer
source: { system: shop, read: events, format: json }
key: customer
carries: change
map: note.jsonata
emits: schemas/canonical/interaction.schema.json
routes:
  - to: crm.interaction
${target === undefined ? "" : "  - to: shop.notes\n"}${options.events ?? ""}`,
  );
  await writeFile(
    join(dir, "mappings/events/note.jsonata"),
    options.mapping ?? `{ "id": id, "kind": "note", "subject": customer, "text": $string(n) }`,
  );
  await writeFile(
    join(dir, "mappings/customers/flow.yaml"),
    `apiVersion: tieline/v1
description: Customers from files
source: { system: erp, read: customers, format: { csv: { delimiter: ";" } } }
key: id
version: version
map: customer.jsonata
emits: schemas/canonical/customer.schema.json
routes:
  - to: crm.customer
guard: { rejected: "<50%" }
onError: { data: reject-row }
`,
  );
  await writeFile(
    join(dir, "mappings/customers/customer.jsonata"),
    `{ "id": id, "name": { "full": name }, "emails": [{ "type": "work", "address": email }] }`,
  );
  return { dir, inbox, env: { FAULT_SECRET: SECRET } };
}
