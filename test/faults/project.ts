import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;

/** The secret the fake sender signs with. */
export const SECRET = "fault-suite-secret";

/** A project folder of its own for one fault: what it is made of is said here, nothing is shared. */
export interface FaultProject {
  readonly dir: string;
  readonly inbox: string;
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file of the project, also while a hub runs on it. */
  write(path: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

export interface FaultProjectOptions {
  /** Drop folders of the system `erp`, by source, in YAML. `INBOX` stands for the inbox. */
  readonly files?: Readonly<Record<string, string>>;
  /** Webhooks of the system `shop`, by source, in YAML. */
  readonly webhooks?: Readonly<Record<string, string>>;
  /** The sink `desk.notes`. @param more further settings, comma-separated */
  readonly target?: { readonly url: string; readonly idempotent: boolean; readonly more?: string };
  /** Further sinks of the system `desk`, in YAML. */
  readonly sinks?: Readonly<Record<string, string>>;
  /** Further systems. */
  readonly systems?: Readonly<Record<string, { readonly connector: string; readonly settings: object }>>;
  /** Further lines of tieline.yaml. */
  readonly settings?: string;
  /** By flow: its flow.yaml, and its mapping where it has one. */
  readonly flows: Readonly<Record<string, FlowFiles>>;
}

export interface FlowFiles {
  readonly yaml: string;
  readonly map?: string;
}

/** A webhook that is signed, and names each happening in a header. */
export const EVENT_HOOK = hook("eventHeader: x-event");

/** A signed webhook as YAML. @param more further settings, comma-separated */
export function hook(more = ""): string {
  return `{ scheme: hex, header: x-signature, secrets: ["\${env:FAULT_SECRET}"]${more === "" ? "" : `, ${more}`} }`;
}

/** Notes that must take effect in order per customer: webhook → CRM, and a target where there is one. */
export function eventsFlow(
  options: { readonly target?: boolean; readonly more?: string; readonly read?: string } = {},
): FlowFiles {
  return {
    yaml: `apiVersion: tieline/v1
description: Notes that must take effect in order per customer
source: { system: shop, read: ${options.read ?? "events"}, format: json }
key: customer
carries: change
map: map.jsonata
emits: schemas/canonical/interaction.schema.json
routes:
  - to: crm.interaction
${options.target === true ? "  - to: desk.notes\n" : ""}${options.more ?? ""}`,
    map: `{ "id": id, "kind": "note", "subject": customer, "text": $string(n) }`,
  };
}

/** Customers from CSV files with the columns id, version, name, email. */
export function customersFlow(
  options: { readonly read?: string; readonly format?: string; readonly guard?: string } = {},
): FlowFiles {
  return {
    yaml: `apiVersion: tieline/v1
description: Customers from files
source: { system: erp, read: ${options.read ?? "customers"}, format: { ${options.format ?? 'csv: { delimiter: ";" }'} } }
key: id
version: version
map: map.jsonata
emits: schemas/canonical/customer.schema.json
routes:
  - to: crm.customer
guard: { rejected: "${options.guard ?? "none"}" }
onError: { data: reject-row }
`,
    map: `{ "id": id, "name": { "full": name }, "emails": email ? [{ "type": "work", "address": email }] : [] }`,
  };
}

/** A project of both kinds of source: customers from files, and notes by webhook for the CRM and an idempotent target. */
export function makeWholeProject(target: { readonly url: string }): Promise<FaultProject> {
  return makeProject(wholeProject(target));
}

export function wholeProject(target: { readonly url: string }): FaultProjectOptions {
  return {
    files: { customers: '{ inbox: INBOX, pattern: "*.csv", stable: 0 }' },
    webhooks: { events: EVENT_HOOK },
    target: { url: target.url, idempotent: true },
    flows: { customers: customersFlow(), events: eventsFlow({ target: true }) },
  };
}

/** Makes a project in a new temporary folder. */
export async function makeProject(options: FaultProjectOptions): Promise<FaultProject> {
  const dir = await mkdtemp(join(tmpdir(), "tieline-fault-"));
  const inbox = join(dir, "inbox");
  await mkdir(inbox);
  await cp(join(ROOT, "schemas/canonical"), join(dir, "schemas/canonical"), { recursive: true });
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  };
  await write("tieline.yaml", tielineYaml(options, inbox));
  for (const [name, { yaml, map }] of Object.entries(options.flows)) {
    await write(`mappings/${name}/flow.yaml`, yaml);
    if (map !== undefined) await write(`mappings/${name}/map.jsonata`, map);
  }
  return {
    dir,
    inbox,
    env: { FAULT_SECRET: SECRET },
    write,
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

function tielineYaml(
  { files, webhooks, target, sinks, systems, settings }: FaultProjectOptions,
  inbox: string,
): string {
  const lines = ["apiVersion: tieline/v1", ...(settings === undefined ? [] : [settings]), "systems:"];
  const list = (entries: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(entries)) lines.push(`        ${name}: ${text}`);
  };
  if (files !== undefined) {
    lines.push("  erp:", "    connector: erp", "    settings:", "      files:");
    list(
      Object.fromEntries(
        Object.entries(files).map(([name, text]) => [name, text.replace("INBOX", JSON.stringify(inbox))]),
      ),
    );
  }
  if (webhooks !== undefined) {
    lines.push("  shop:", "    connector: billing", "    settings:", "      webhooks:");
    list(webhooks);
  }
  if (target !== undefined || sinks !== undefined) {
    // A system of its own: a change never goes back to where it came from.
    lines.push("  desk:", "    connector: billing", "    settings:", "      endpoints:");
    if (target !== undefined) {
      const { url, idempotent, more = "timeout: 3000" } = target;
      list({ notes: `{ url: ${JSON.stringify(url)}, idempotent: ${idempotent}, ${more} }` });
    }
    list(sinks ?? {});
  }
  for (const [name, system] of Object.entries(systems ?? {}))
    lines.push(`  ${name}: ${JSON.stringify(system)}`);
  return `${lines.join("\n")}\n`;
}
