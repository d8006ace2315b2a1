import type { Command } from "commander";
import { Option } from "commander";
import type { RunBegun } from "../control/engine.ts";
import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { plural } from "../message/units.ts";
import type { FlowState, Items } from "./api-shape.ts";
import { issueText } from "./failure-text.ts";
import { addRemote, hubOf, print, type RemoteOptions, reasonOf, type Session } from "./session.ts";
import { sourceFacts } from "./source-facts.ts";
import { facts, table } from "./table.ts";
import { paint, printable, type Terminal } from "./terminal.ts";
import { showMoment } from "./units.ts";

interface PauseOptions extends RemoteOptions {
  readonly only: "both" | "accept" | "deliver";
  readonly route?: string;
  readonly reason?: string;
}

export function addFlows(program: Command, session: Session): void {
  const group = program.command("flows").description("Look at flows, pause and resume them");
  addRemote(group, "ls", "All flows and how they are", ["tieline flows ls"]).action(
    async (options: RemoteOptions) => {
      const { terminal } = session;
      const { items } = await (await hubOf(session, options)).get<Items<FlowState>>("/flows");
      print(session, options, { items }, () =>
        items.length === 0 ? "There is no flow." : flowTable(terminal, items),
      );
    },
  );
  addRemote(group, "show <flow>", "One flow with its routes and problems", [
    "tieline flows show erp-customers",
  ]).action(async (name: string, options: RemoteOptions) => {
    const flow = await (await hubOf(session, options)).get<FlowState>(`/flows/${encodeURIComponent(name)}`);
    print(session, options, flow, () => flowText(session.terminal, flow));
  });
  for (const [act, description] of [
    ["pause", "Stop taking items, or working on stored ones, or both; nothing is lost"],
    ["resume", "Go on after a pause, or send to a route again that was stopped"],
  ] as const) {
    const command = addRemote(group, `${act} <flow>`, description, [
      `tieline flows ${act} erp-customers`,
      `tieline flows ${act} erp-customers --only deliver --reason 'billing is being updated'`,
    ])
      .addOption(
        new Option("--only <what>", "one half of it").choices(["accept", "deliver", "both"]).default("both"),
      )
      .option("--reason <text>", "why, for the audit log");
    if (act === "resume") command.option("--route <system.sink>", "a route that an access error stopped");
    command.action(async (name: string, options: PauseOptions) => {
      const hub = await hubOf(session, options);
      const { route } = options;
      const path = `/flows/${encodeURIComponent(name)}${route === undefined ? "" : `/routes/${encodeURIComponent(route)}`}/${act}`;
      const flow = await hub.post<FlowState>(path, {
        ...(route === undefined ? { what: options.only } : {}),
        ...reasonOf(options),
      });
      print(
        session,
        options,
        flow,
        () => `${paint(session.terminal, "green", "✓")} ${printable(name)}: ${act}d`,
      );
    });
  }
  addRemote(group, "run <flow>", "Look for files, or read the source, now, whatever the schedule says", [
    "tieline flows run erp-customers",
  ])
    .option("--reason <text>", "why, for the audit log")
    .action(async (name: string, options: PauseOptions) => {
      const hub = await hubOf(session, options);
      const taken = await hub.post<RunBegun>(`/flows/${encodeURIComponent(name)}/run`, reasonOf(options));
      print(session, options, { flow: name, ...taken }, () => takenText(session.terminal, taken));
    });
  addCursor(group, session);
}

interface CursorOptions extends RemoteOptions {
  readonly to?: string;
  readonly reason?: string;
}

function addCursor(group: Command, session: Session): void {
  addRemote(group, "rewind <flow>", "Read the flow's source from its beginning again, or from a cursor", [
    "tieline flows rewind shop-orders --reason 'the source was restored'",
    `tieline flows rewind shop-orders --to '{"at":"2026-11-01T00:00:00Z"}'`,
  ])
    .option("--to <json>", "the cursor, as `tieline flows show` shows it")
    .option("--reason <text>", "why, for the audit log")
    .addHelpText("after", "\nWhat was stored before is recognised when it comes again unchanged.")
    .action(async (name: string, options: CursorOptions) => {
      const cursor = options.to === undefined ? null : parseCursor(options.to);
      const hub = await hubOf(session, options);
      const flow = await hub.post<FlowState>(`/flows/${encodeURIComponent(name)}/cursor`, {
        cursor,
        ...reasonOf(options),
      });
      const where = cursor === null ? "its beginning" : "the cursor given";
      print(
        session,
        options,
        flow,
        () => `${paint(session.terminal, "green", "✓")} ${printable(name)}: reads on from ${where}`,
      );
    });
}

function parseCursor(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new HubError("TL_USAGE", "--to is not JSON", { cure: "Copy it from `tieline flows show`." });
  }
}

function takenText(terminal: Terminal, { files, records, asked }: RunBegun): string {
  const done = paint(terminal, "green", "✓");
  if (asked) return `${done} Asked the process that has files; follow with \`tieline files watch\``;
  if (files === 0 && records === 0) return "There was nothing to take.";
  const what =
    records > 0
      ? `${plural(records, "record")} in the first batch; the rest follows by itself`
      : `${plural(files, "file")} taken; follow with \`tieline files watch\``;
  return `${done} ${what}`;
}

function flowTable(terminal: Terminal, flows: readonly FlowState[]): string {
  return table(flows, [
    { title: "FLOW", cell: (flow) => flow.name },
    { title: "STATE", cell: (flow) => stateOf(terminal, flow), painted: true },
    { title: "OPEN", cell: (flow) => flow.open },
    { title: "VERSION", cell: (flow) => flow.hash?.slice(0, 8) },
    { title: "NEXT RUN", cell: (flow) => showMoment(flow.nextSlot) },
    {
      title: "NEEDS A LOOK",
      cell: (flow) =>
        flow.problem ??
        flow.routes.find((route) => route.stopped !== null)?.stopped ??
        flow.source?.failure?.message ??
        " ",
    },
  ]);
}

function stateOf(terminal: Terminal, flow: FlowState): string {
  if (flow.hash === null) return paint(terminal, "red", "not in force");
  if (flow.routes.some((route) => route.stopped !== null)) return paint(terminal, "red", "route stopped");
  if (!flow.accepting && !flow.running) return paint(terminal, "yellow", "paused");
  if (!flow.accepting) return paint(terminal, "yellow", "not accepting");
  if (!flow.running) return paint(terminal, "yellow", "not delivering");
  if (flow.routes.some((route) => route.waitingUntil !== null))
    return paint(terminal, "yellow", "target down");
  if (flow.source?.state === "waiting") return paint(terminal, "yellow", "source down");
  return paint(terminal, "green", "running");
}

function flowText(terminal: Terminal, flow: FlowState): string {
  const sections = [
    facts([
      ["flow", paint(terminal, "bold", printable(flow.name))],
      ["state", stateOf(terminal, flow)],
      ["what", flow.description === "" ? null : printable(flow.description)],
      ["version", flow.hash],
      ["open", flow.open],
      ["next run", flow.nextSlot === null ? null : showMoment(flow.nextSlot)],
      ...(flow.source === null ? [] : sourceFacts(flow.source)),
    ]),
  ];
  if (flow.routes.length > 0) {
    sections.push(
      table(flow.routes, [
        { title: "ROUTE", cell: (route) => route.to },
        { title: "OPEN", cell: (route) => route.open },
        { title: "STOPPED", cell: (route) => route.stopped },
        { title: "WAITS UNTIL", cell: (route) => showMoment(route.waitingUntil) },
      ]),
    );
  }
  if (flow.problem !== null) {
    sections.push(
      [
        paint(terminal, "red", "The newest text is not in force:"),
        printable(flow.problem),
        ...flow.problems.map(issueText),
      ].join("\n"),
    );
  }
  return sections.join("\n\n");
}
