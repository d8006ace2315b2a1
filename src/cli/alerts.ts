import type { Command } from "commander";
import type { AlertEntry, AlertTest, Items } from "./api-shape.ts";
import { addRemote, hubOf, print, type RemoteOptions, reasonOf, type Session } from "./session.ts";
import { table } from "./table.ts";
import { paint, printable, type Terminal } from "./terminal.ts";

interface ListOptions extends RemoteOptions {
  readonly all?: true;
}

interface MuteOptions extends RemoteOptions {
  readonly for: string;
  readonly reason?: string;
}

/** `tieline alerts`: what the hub's own rules found wrong. Exit code 1 of `ls`: something fires that nobody acknowledged. */
export function addAlerts(program: Command, session: Session): void {
  const group = program
    .command("alerts")
    .description("See what the hub's own rules found wrong, acknowledge, mute, test the channels");
  addRemote(group, "ls", "Alerts that fire, or all, newest first", [
    "tieline alerts ls",
    "tieline alerts ls --all",
  ])
    .option("--all", "Also those that are resolved, the newest 50")
    .action(async (options: ListOptions) => {
      const hub = await hubOf(session, options);
      const address = options.all === true ? "/alerts" : "/alerts?state=firing&limit=500";
      const { items } = await hub.get<Items<AlertEntry>>(address);
      if (items.some((one) => one.state === "firing" && one.acknowledgedBy === null)) session.exitCode = 1;
      print(session, options, { items }, () =>
        items.length === 0 ? "Nothing fires." : alertTable(session.terminal, items),
      );
    });
  addRemote(group, "acknowledge <id>", "Say that you look after it", ["tieline alerts acknowledge 7"])
    .option("--reason <text>", "For the audit log")
    .action(async (id: string, options: RemoteOptions & { readonly reason?: string }) => {
      const hub = await hubOf(session, options);
      await hub.post(`/alerts/${encodeURIComponent(id)}/acknowledge`, reasonOf(options));
      print(session, options, { ok: true }, () => `Alert ${id} is acknowledged.`);
    });
  addRemote(group, "mute <id>", "Tell nobody of it for a while", ["tieline alerts mute 7 --for 2h"])
    .requiredOption("--for <duration>", "How long, such as 30m or 2h; 0s: no longer")
    .option("--reason <text>", "For the audit log")
    .action(async (id: string, options: MuteOptions) => {
      const hub = await hubOf(session, options);
      await hub.post(`/alerts/${encodeURIComponent(id)}/mute`, {
        for: options.for,
        ...reasonOf(options),
      });
      print(session, options, { ok: true }, () => `Nobody is told of alert ${id} for ${options.for}.`);
    });
  addRemote(group, "test", "Send a test to every channel that alerts are told to", [
    "tieline alerts test",
  ]).action(async (options: RemoteOptions) => {
    const { items } = await (await hubOf(session, options)).post<Items<AlertTest>>("/alerts/test");
    if (items.some(({ failure }) => failure !== null)) session.exitCode = 1;
    print(session, options, { items }, () =>
      items.length === 0
        ? "Nobody is told: alerts.tell of tieline.yaml names the sinks."
        : items
            .map(({ to, failure }) => `${to} ${failure === null ? "took it" : printable(failure.message)}`)
            .join("\n"),
    );
  });
}

function alertTable(terminal: Terminal, alerts: readonly AlertEntry[]): string {
  return table(alerts, [
    { title: "ID", cell: ({ id }) => String(id) },
    {
      title: "STATE",
      cell: ({ state }) => paint(terminal, state === "firing" ? "red" : "green", state),
      painted: true,
    },
    { title: "RULE", cell: ({ rule }) => rule },
    { title: "WHAT", cell: ({ subject, detail }) => `${subject}: ${detail}` },
    { title: "FIRED", cell: ({ firedAt }) => firedAt },
    { title: "SEEN BY", cell: ({ acknowledgedBy }) => acknowledgedBy },
  ]);
}
