import type { Command } from "commander";
import { HISTORY_ENTITIES } from "../crm/history-change.ts";
import { HubError } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../message/json.ts";
import type { CustomerFound, CustomerShown, HistoryFound, Page, ShownOrigin } from "./api-shape.ts";
import { pageEnd, readPage } from "./read-page.ts";
import { wholeNumber } from "./selection.ts";
import { addRemote, hubOf, print, type RemoteOptions, type Session } from "./session.ts";
import { facts, table } from "./table.ts";
import { paint, printable, type Terminal } from "./terminal.ts";
import { showMoment } from "./units.ts";

interface FindOptions extends RemoteOptions {
  readonly phone?: string;
  readonly email?: string;
  readonly system?: string;
  readonly id?: string;
}

interface UnassignedOptions extends RemoteOptions {
  readonly entity?: string;
  readonly limit: string;
  readonly next?: string;
}

interface ShowOptions extends RemoteOptions {
  readonly why?: true;
}

export function addCustomers(program: Command, session: Session): void {
  const group = program.command("customers").description("Look up customers");
  addUnassigned(group, session);
  addRemote(group, "find [name]", "Find customers by name, telephone, e-mail, or a system's own id", [
    "tieline customers find Lovelace",
    "tieline customers find --phone '+49 30 123456'",
    "tieline customers find --system erp --id 0000004711",
  ])
    .option("--phone <number>", "telephone number, written in any way")
    .option("--email <address>", "e-mail address")
    .option("--system <name>", "with --id: the system whose id it is")
    .option("--id <id>", "with --system: the customer's id there")
    .action(async (name: string | undefined, options: FindOptions) => {
      await find(session, name, options);
    });
  addRemote(group, "show <id>", "One customer as all systems together know it", [
    "tieline customers show c-42",
    "tieline customers show c-42 --why      # which system each value comes from, and when",
  ])
    .option("--why", "where each value comes from")
    .action(async (id: string, options: ShowOptions) => {
      const hub = await hubOf(session, options);
      const customer = await hub.get<CustomerShown>(`/customers/${encodeURIComponent(id)}`);
      print(session, options, customer, () => customerText(session.terminal, customer, options.why === true));
    });
}

/** `customers unassigned`: what came and belongs to nobody yet. */
function addUnassigned(group: Command, session: Session): void {
  addRemote(group, "unassigned", "List payments, calls and mails that belong to nobody yet, newest first", [
    "tieline customers unassigned --entity payment",
  ])
    .option("--entity <name>", `only these: ${HISTORY_ENTITIES.join(", ")}`)
    .option("--limit <n>", "how many", "20")
    .option("--next <cursor>", "go on where the last list ended")
    .action(async (options: UnassignedOptions) => {
      const hub = await hubOf(session, options);
      const query = { entity: options.entity, cursor: options.next };
      const limit = wholeNumber("--limit", options.limit);
      const page = await readPage<HistoryFound>(hub, "/unassigned", query, limit);
      print(session, options, page, () => {
        const end = pageEnd(page, "Everything belongs to somebody.");
        return [historyTable(page.items), end].filter((part) => part !== "").join("\n\n");
      });
    });
}

function historyTable(items: readonly HistoryFound[]): string {
  if (items.length === 0) return "";
  return table(items, [
    { title: "CONTACT", cell: (entry) => showMoment(entry.at) },
    { title: "WHAT", cell: (entry) => entry.entity },
    { title: "FROM", cell: (entry) => `${entry.system} ${entry.id}` },
    { title: "", cell: (entry) => headline(entry.values) },
  ]);
}

async function find(session: Session, name: string | undefined, options: FindOptions): Promise<void> {
  const { phone, email, system, id } = options;
  if ((system === undefined) !== (id === undefined)) {
    throw new HubError("TL_USAGE", "--system and --id belong together", {
      cure: "Write --system erp --id 4711.",
    });
  }
  if ([name, phone, email, system].filter((given) => given !== undefined).length !== 1) {
    throw new HubError("TL_USAGE", "one thing to find by is needed", {
      cure: "Give a name, or --phone, or --email, or --system and --id.",
    });
  }
  const hub = await hubOf(session, options);
  const page = await hub.get<Page<CustomerFound>>("/customers", { q: name, phone, email, system, id });
  print(session, options, page, () =>
    page.items.length === 0
      ? "Nobody matches."
      : table(page.items, [
          { title: "ID", cell: (customer) => customer.id },
          { title: "NAME", cell: (customer) => customer.name },
          { title: "STATUS", cell: (customer) => customer.status },
          { title: "CHANGED", cell: (customer) => showMoment(customer.updatedAt) },
        ]),
  );
}

function customerText(terminal: Terminal, customer: CustomerShown, why: boolean): string {
  const sections = [
    facts([
      ["customer", paint(terminal, "bold", printable(customer.id))],
      ["name", customer.name === null ? null : printable(customer.name)],
      ["changed", showMoment(customer.updatedAt)],
      ["alive", customer.alive ? null : "no system has a live record of it"],
    ]),
    facts(
      Object.entries(customer.golden).flatMap(([field, value]) =>
        leaves(value, field).map(([path, leaf]): [string, string] => {
          const source = why ? sourceText(customer.provenance, path) : "";
          return [path, `${printable(String(leaf))}${paint(terminal, "dim", source)}`];
        }),
      ),
    ),
    table(customer.externalIds, [
      { title: "SYSTEM", cell: (record) => record.system },
      { title: "ITS ID", cell: (record) => record.id },
      { title: "VERSION", cell: (record) => record.version, right: false },
      { title: "", cell: (record) => (record.deleted ? "deleted there" : " ") },
    ]),
  ];
  sections.push(historyTable(customer.history.items));
  if (customer.possibleMatches.length > 0) {
    const names = customer.possibleMatches.map((match) =>
      printable(`${match.id} ${match.name ?? ""}`.trim()),
    );
    sections.push(`may be the same as ${names.join(", ")}`);
  }
  return sections.filter((section) => section !== "").join("\n\n");
}

/** What a person knows a contact by; a payment by what came and from whom. */
function headline(values: JsonObject): string {
  const { amount, currency, name } = values;
  if (typeof amount === "string" && typeof currency === "string")
    return typeof name === "string" ? `${amount} ${currency} ${name}` : `${amount} ${currency}`;
  const known = ["subject", "number", "status", "direction"].map((name) => values[name]);
  return known.find((value) => typeof value === "string") ?? " ";
}

/** Every value with its path: `name.full`, `emails[0].address`. Nulls say nothing and are left out. */
function leaves(value: Json, path: string): [string, Json][] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => leaves(entry, `${path}[${index}]`));
  if (isObject(value))
    return Object.entries(value).flatMap(([name, entry]) => leaves(entry, `${path}.${name}`));
  return value === null ? [] : [[path, value]];
}

/** `  from erp 4711, file 12 row 7, 2026-11-22 01:30:04Z`; told for a value, or for the field or entry that holds it. */
function sourceText(provenance: CustomerShown["provenance"], path: string): string {
  const [field = "", index] = path.split(/[.[\]]/);
  const held = provenance[path] ?? provenance[path.split(".").slice(0, 2).join(".")] ?? provenance[field];
  const source = isList(held) ? held[Number(index)] : held;
  if (source === undefined) return "";
  const { system, id, file, row, message, at } = source;
  const via = file !== null ? `, file ${file} row ${row ?? "?"}` : message !== null ? `, ${message}` : "";
  return printable(`  from ${system} ${id}${via}, ${showMoment(at)}`);
}

function isList(held: ShownOrigin | readonly ShownOrigin[] | undefined): held is readonly ShownOrigin[] {
  return Array.isArray(held);
}
