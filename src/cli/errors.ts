import { type Command, Option } from "commander";
import type { ErrorGroup, Items } from "./api-shape.ts";
import { addRemote, hubOf, print, type RemoteOptions, reasonOf, type Session } from "./session.ts";
import { table } from "./table.ts";
import { paint, printable, type Terminal } from "./terminal.ts";
import { showMoment } from "./units.ts";

interface ListOptions extends RemoteOptions {
  readonly flow?: string;
  readonly state: string;
  readonly muted?: true;
}

interface MuteOptions extends RemoteOptions {
  readonly flow: string;
  readonly for?: string;
  readonly until?: string;
  readonly untilChanged?: true;
  readonly reason?: string;
}

/** `tieline errors`: what fails, by cause. Exit code 1 of `ls`: something waits for a person that nobody has muted. */
export function addErrors(program: Command, session: Session): void {
  const group = program.command("errors").description("See what fails, by cause, and mute what is known");
  addRemote(group, "ls", "Causes of failures, the one of most messages first", [
    "tieline errors ls",
    "tieline errors ls --flow shop-orders --state rejected",
    "tieline errors ls --muted",
  ])
    .option("--flow <name>", "only this flow")
    .addOption(
      new Option("--state <state>", "what waits for a person, or rows that were rejected")
        .choices(["parked", "rejected"])
        .default("parked"),
    )
    .option("--muted", "those that are muted, of either state")
    .action(async (options: ListOptions) => {
      const hub = await hubOf(session, options);
      const which = options.muted === true ? { muted: true } : { state: options.state };
      const { items } = await hub.get<Items<ErrorGroup>>("/error-groups", { flow: options.flow, ...which });
      if (options.muted !== true && items.length > 0) session.exitCode = 1;
      print(session, options, { items }, () =>
        items.length === 0 ? "Nothing fails." : groupTable(session.terminal, items),
      );
    });
  addRemote(group, "mute <cause>", "A cause needs nobody for a while, and tells nobody", [
    "tieline errors mute 3f2a9c0b1d4e --flow shop-orders --for 1d --reason 'the shop mends it tomorrow'",
    "tieline errors mute 3f2a9c0b1d4e.2 --flow shop-orders --until-changed",
  ])
    .requiredOption("--flow <name>", "the flow that it is of")
    .option("--for <duration>", "how long, such as 30m, 1h or 2d")
    .option("--until <when>", "until this date and time, RFC 3339")
    .option("--until-changed", "until another version of the flow is in force")
    .option("--reason <text>", "why, for the audit log")
    .action(async (cause: string, options: MuteOptions) => {
      const { flow, for: lasts, until, untilChanged } = options;
      const hub = await hubOf(session, options);
      await hub.post(`/error-groups/${encodeURIComponent(cause)}/mute`, {
        flow,
        ...(lasts === undefined ? {} : { for: lasts }),
        ...(until === undefined ? {} : { until }),
        ...(untilChanged === undefined ? {} : { untilChanged }),
        ...reasonOf(options),
      });
      print(session, options, { cause, muted: true }, () => `${done(session)} ${printable(cause)} is muted`);
    });
  addRemote(group, "unmute <cause>", "A cause that was muted needs people again", [
    "tieline errors unmute 3f2a9c0b1d4e --flow shop-orders",
  ])
    .requiredOption("--flow <name>", "the flow that it is of")
    .option("--reason <text>", "why, for the audit log")
    .action(async (cause: string, options: MuteOptions) => {
      const hub = await hubOf(session, options);
      const body = { flow: options.flow, ...reasonOf(options) };
      await hub.post(`/error-groups/${encodeURIComponent(cause)}/unmute`, body);
      print(
        session,
        options,
        { cause, muted: false },
        () => `${done(session)} ${printable(cause)} is muted no more`,
      );
    });
}

function done({ terminal }: Session): string {
  return paint(terminal, "green", "✓");
}

function groupTable(terminal: Terminal, groups: readonly ErrorGroup[]): string {
  return table(groups, [
    { title: "CAUSE", cell: ({ fingerprint }) => fingerprint },
    { title: "FLOW", cell: ({ flow }) => flow },
    { title: "TO", cell: ({ to }) => to ?? " " },
    {
      title: "STATE",
      cell: ({ state, muted }) => paint(terminal, muted === null ? "red" : "dim", state),
      painted: true,
    },
    { title: "MESSAGES", cell: ({ count, more }) => `${count}${more ? "+" : ""}`, right: true },
    { title: "LAST", cell: ({ newest }) => showMoment(newest) },
    { title: "MUTED", cell: ({ muted }) => mutedText(muted) },
    { title: "ERROR", cell: ({ failure }) => `${failure.code} ${failure.message}` },
  ]);
}

function mutedText(muted: ErrorGroup["muted"]): string {
  if (muted === null) return " ";
  return `by ${muted.by} until ${muted.until === null ? "the flow changes" : showMoment(muted.until)}`;
}
