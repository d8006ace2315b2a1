import { type Command, Option } from "commander";
import { HubError } from "../errors.ts";
import {
  type Crossing,
  crossingsOf,
  type FieldUse,
  feeding,
  leadsTo,
  reached,
  usesOf,
} from "../flow/lineage.ts";
import { type Hop, hopsBack, hopsOnward } from "../flow/lineage-hops.ts";
import { describePlace } from "../message/place.ts";
import { type LineageQuery, readQuery, requireField } from "./lineage-query.ts";
import { inspect } from "./project-files.ts";
import { addCommand, type CommonOptions, print, projectFolder, type Session } from "./session.ts";
import { paint, printable, type Terminal } from "./terminal.ts";

interface LineageOptions extends CommonOptions {
  readonly from?: string;
}

export function addLineage(program: Command, session: Session): void {
  addCommand(
    program,
    "lineage [field]",
    "Tell which source fields make a target field, or which target fields a source field goes into, through topics to the end",
    [
      "tieline lineage crm.customer.phones.number   # <system>.<sink>.<field>: what makes it",
      "tieline lineage billing.customer             # all fields of a target",
      "tieline lineage erp.KUNNR                    # <system>.<field>: what it goes into",
      "tieline lineage --from erp-customers:KUNNR   # <flow>:<field>: the same within one flow",
    ],
  )
    .addOption(
      new Option(
        "--from <source>",
        "a source field, where the name could be a target too: <system>.<field> or <flow>:<field>",
      ),
    )
    .addHelpText(
      "after",
      "\nItems of lists have no step: phones.number means those of every telephone. A field whose name has a dot is written\nas a JSON pointer behind what it belongs to: erp/odd.name.",
    )
    .action(async (field: string | undefined, options: LineageOptions) => {
      await lineage(session, field, options);
    });
}

async function lineage(session: Session, field: string | undefined, options: LineageOptions): Promise<void> {
  const { terminal } = session;
  const text = options.from ?? field;
  if (text === undefined || (options.from !== undefined && field !== undefined))
    throw new HubError("TL_USAGE", "one field is asked for", {
      cure: "Name a field, or a source field with --from.",
    });
  const { flows, folders } = await inspect(projectFolder(session, options), terminal.env);
  const broken = folders.filter((name) => !flows.some((flow) => flow.name === name));
  if (broken.length > 0)
    terminal.err(paint(terminal, "yellow", `left out, \`tieline check\` tells why: ${broken.join(", ")}`));
  const query = readQuery(text, options.from !== undefined, flows);
  const all = query.flows.flatMap(crossingsOf).filter(({ to }) => query.side === "source" || to === query.of);
  const uses = query.side === "source" ? query.flows.flatMap(usesOf) : [];
  const known =
    query.side === "target"
      ? all.map(({ target }) => target)
      : [...all.flatMap(({ sources }) => sources.map(({ path }) => path)), ...uses.map(({ path }) => path)];
  if (query.path !== "") requireField(query, known);
  const crossings =
    query.side === "target"
      ? hopsBack(feeding(all, query.path), flows)
      : hopsOnward(reached(all, query.path), flows);
  const used = uses.filter(({ path }) => leadsTo(path, query.path));
  const { side, of, path } = query;
  print(session, options, { side, of, field: path, crossings, uses: used }, () =>
    lineageText(terminal, query, crossings, used),
  );
}

function lineageText(
  terminal: Terminal,
  { side, of, path }: LineageQuery,
  crossings: readonly Hop[],
  uses: readonly FieldUse[],
): string {
  const title = paint(terminal, "bold", printable(`${of}${path === "" ? "" : `  ${path}`}`));
  if (crossings.length + uses.length === 0)
    return `${title}\n  ${side === "target" ? "no mapping sets it" : "it goes into no target"}`;
  const blocks = crossings.map((crossing) => hopText(terminal, crossing, { side, via: null }));
  const lines = uses.map(({ flow, use, path: read, file }) =>
    printable(`  ${flow}  ${use} of the flow${read === path ? "" : `, from ${read}`}  ${file}`),
  );
  return [title, ...lines, ...blocks].join("\n");
}

/** @param via the topic that it was reached by */
function hopText(
  terminal: Terminal,
  hop: Hop,
  { side, via }: { readonly side: LineageQuery["side"]; readonly via: string | null },
): string {
  const own = crossingText(terminal, hop, { side, via });
  if (hop.topic === null) return own;
  if (hop.repeated) return `${own}\n      ${printable(hop.topic)}: as told above`;
  const beyond = hop.hops.map((one) => hopText(terminal, one, { side, via: hop.topic }));
  return [own, ...beyond.map((text) => text.replace(/^/gm, "    "))].join("\n");
}

function crossingText(
  terminal: Terminal,
  crossing: Crossing,
  { side, via }: { readonly side: LineageQuery["side"]; readonly via: string | null },
): string {
  const { flow, from, to, target, set, place, sources } = crossing;
  const field = target === "" ? "the whole record" : target;
  const inFull = via === null ? field : `${via}: ${to}  ${field}`;
  const where =
    side === "target"
      ? `${inFull}  by ${flow} from ${from}`
      : `${via === null ? "" : `${via}: `}${flow}  → ${to}  ${field}`;
  const often = set === "always" ? "" : set === "sometimes" ? "  sometimes" : "  perhaps";
  const of = (role: string): string =>
    sources
      .filter((one) => one.role === role)
      .map(({ path }) => path || "/")
      .join(" ");
  const made = of("value");
  const decided = of("decides");
  return [
    `  ${printable(where)}${paint(terminal, "dim", often)}`,
    paint(terminal, "dim", `      ${printable(describePlace(place))}`),
    ...(made === "" ? [] : [`      made from   ${printable(made)}`]),
    ...(decided === "" ? [] : [`      decided by  ${printable(decided)}`]),
    ...(made + decided === "" ? ["      a constant"] : []),
  ].join("\n");
}
