import { type Command, Option } from "commander";
import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { plural, showCount } from "../message/units.ts";
import { type EditedOptions, replayEdited } from "./replay-edited.ts";
import { addFilters, type FilterOptions, filtersOf } from "./selection.ts";
import { addRemote, hubOf, print, reasonOf, type Session } from "./session.ts";
import { facts } from "./table.ts";
import { paint, printable } from "./terminal.ts";
import { showMoment } from "./units.ts";

interface ReplayOptions extends EditedOptions, FilterOptions {
  readonly plan?: true;
  readonly route: readonly string[];
  readonly version: "current" | "same";
  readonly yes?: true;
}

/** What a replay touches, or touched. */
interface ReplayReport {
  readonly matched: number;
  readonly keys: number;
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly sample: readonly string[];
}

const STATES = ["parked", "rejected", "done"];
/** Above this many a person types the number, so that a filter that was too wide is noticed. */
const ASK_ABOVE = 100;

export function addReplay(program: Command, session: Session): void {
  const command = addRemote(
    program,
    "replay [ids...]",
    "Send stored messages down their path again, in the order they came",
    [
      "tieline replay --flow erp-customers --state parked            # what would happen",
      "tieline replay --flow erp-customers --state parked --apply",
      "tieline replay m-4711 m-4712 --apply --reason 'mapping mended'",
      "tieline replay --file 12 --state rejected --version same --apply",
      "tieline replay m-4711 --edited mended.json --dry-run          # what would come of another body",
    ],
  );
  addFilters(command, STATES)
    .addOption(
      new Option("--plan", "count what it would touch; nothing changes (default)").conflicts("apply"),
    )
    .addOption(new Option("--dry-run", "the same as --plan").conflicts("apply"))
    .option("--apply", "do it")
    .option(
      "--edited <file>",
      "with this body instead of its own, as a new message that names it as its cause",
    )
    .option(
      "--route <system.sink>",
      "only this route; may be given several times",
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .option("--allow-stale", "apply also what is older than what was applied since")
    .addOption(
      new Option(
        "--version <version>",
        "map with the flow in force, or with the one it was first mapped with",
      )
        .choices(["current", "same"])
        .default("current"),
    )
    .option("--reason <text>", "why, for the audit log")
    .option("--yes", `do not ask when there are more than ${ASK_ABOVE}`)
    .action(async (ids: string[], options: ReplayOptions) => {
      if (options.edited === undefined) await replay(session, ids, options);
      else await replayEdited(session, ids, options.edited, options);
    });
}

async function replay(session: Session, ids: readonly string[], options: ReplayOptions): Promise<void> {
  const { terminal } = session;
  const filters = filtersOf(options, STATES, terminal.now());
  if (ids.length === 0 && Object.keys(filters).length === 0) {
    throw new HubError("TL_USAGE", "nothing says which messages", {
      cure: "Give ids, or a filter such as --flow and --state parked.",
    });
  }
  const hub = await hubOf(session, options);
  const selection: Json = { ...filters, ...(ids.length === 0 ? {} : { messages: ids }) };
  const plan = await hub.post<ReplayReport>("/replay/plan", { selection });
  if (options.apply !== true) {
    print(session, options, plan, () => planText(plan, "run again with --apply"));
    return;
  }
  if (plan.matched > ASK_ABOVE && options.yes !== true) await requireCount(session, plan);
  const done = await hub.post<ReplayReport>("/replay", {
    selection,
    version: options.version,
    routes: options.route,
    allowStale: options.allowStale === true,
    ...reasonOf(options),
  });
  print(
    session,
    options,
    done,
    () => `${paint(terminal, "green", "✓")} ${plural(done.matched, "message")} on the queue again`,
  );
}

function planText(plan: ReplayReport, next: string): string {
  if (plan.matched === 0) return "No message matches.";
  return [
    `${plural(plan.matched, "message")} match   ${plural(plan.keys, "key")}`,
    facts([
      ["  accepted", `${showMoment(plan.oldest)} to ${showMoment(plan.newest)}`],
      ["  first", plan.sample.map(printable).join(" ")],
    ]),
    next,
  ].join("\n");
}

async function requireCount(session: Session, plan: ReplayReport): Promise<void> {
  session.terminal.err(planText(plan, ""));
  const typed = await session.terminal.ask(
    `Type the number of messages to go on (${showCount(plan.matched)}): `,
  );
  if (typed.replace(/[^0-9]/g, "") === String(plan.matched)) return;
  throw new HubError("TL_USAGE", "the number was not confirmed, nothing was done", {
    cure: "Type the number that the plan shows, or give --yes.",
  });
}
