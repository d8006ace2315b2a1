import { type Command, Option } from "commander";
import type { Failure } from "../errors.ts";
import { OUTCOMES, STATES } from "../message/outcome.ts";
import { describePlace } from "../message/place.ts";
import { showBytes } from "../message/units.ts";
import type { MessageDetail, MessageSummary } from "./api-shape.ts";
import { exchangesJson, exchangesText, readExchanges } from "./message-exchanges.ts";
import { pageEnd, readPage } from "./read-page.ts";
import { addFilters, type FilterOptions, filtersOf, momentText, wholeNumber } from "./selection.ts";
import { addRemote, hubOf, jsonText, print, type RemoteOptions, reasonOf, type Session } from "./session.ts";
import { facts, table } from "./table.ts";
import { paint, printable, type Style, type Terminal } from "./terminal.ts";
import { showMoment } from "./units.ts";

interface ListOptions extends RemoteOptions, FilterOptions {
  readonly to?: string;
  readonly outcome?: string;
  readonly endedSince?: string;
  readonly limit: string;
  readonly next?: string;
}

interface ShowOptions extends RemoteOptions {
  readonly attempts?: true;
  readonly limit: string;
}

interface ActOptions extends RemoteOptions {
  readonly reason?: string;
}

export function addMessages(program: Command, session: Session): void {
  const group = program.command("messages").description("Look at stored messages");
  const list = addRemote(group, "ls", "List messages, newest first", [
    "tieline messages ls --state parked",
    "tieline messages ls --flow erp-customers --key 4711 --since 2h",
    "tieline messages ls --code TL_EMITS_FAILED --limit 20",
    "tieline messages ls --flow shop-orders --to billing.customer --outcome applied --ended-since 24h",
  ]);
  addFilters(list, STATES)
    .option("--to <system.sink>", "only what went to this route; state, outcome and end are those there")
    .addOption(
      new Option("--outcome <outcome>", "only what ended so on some route").choices([
        ...OUTCOMES,
        "without-effect",
      ]),
    )
    .option("--ended-since <when>", "ended since, on some route: 30m, 2h, 7d, or a date")
    .option("--limit <n>", "how many", "50")
    .option("--next <cursor>", "go on where the last list ended")
    .action(async (options: ListOptions) => {
      await listMessages(session, options);
    });
  addRemote(group, "show <id>", "One message: where it is, what happened to it, its deliveries", [
    "tieline messages show m-4711",
    "tieline messages show m-4711 --attempts",
    "tieline messages show m-4711 --attempts --limit 100",
  ])
    .option("--attempts", "what the newest attempts sent and were answered, which the audit log notes")
    .option("--limit <n>", "with --attempts: how many of each delivery", "20")
    .action(async (id: string, options: ShowOptions) => {
      const hub = await hubOf(session, options);
      const message = await hub.get<MessageDetail>(`/messages/${encodeURIComponent(id)}`);
      if (options.attempts !== true) {
        print(session, options, message, () => messageText(session.terminal, message));
        return;
      }
      const shown = await readExchanges(hub, message, wholeNumber("--limit", options.limit));
      print(session, options, { ...message, ...exchangesJson(shown) }, () =>
        [messageText(session.terminal, message), exchangesText(session.terminal, shown)].join("\n\n"),
      );
    });
  addRemote(group, "raw <id>", "The bytes of a message exactly as they were received", [
    "tieline messages raw m-4711 > message.json",
  ]).action(async (id: string, options: RemoteOptions) => {
    const hub = await hubOf(session, options);
    const { contentType, body } = await hub.bytes(`/messages/${encodeURIComponent(id)}/raw`, { all: true });
    if (options.json === true) {
      session.terminal.out(jsonText({ id, contentType, base64: Buffer.from(body).toString("base64") }));
    } else session.terminal.outBytes(body);
  });
  for (const [act, description, done] of [
    ["park", "Take a message off its path, to wait for a person", "parked"],
    ["discard", "End a parked message without effect; what waited behind it goes on", "discarded"],
  ] as const) {
    addRemote(program, `${act} <id>`, description, [`tieline ${act} m-4711 --reason 'sent by mistake'`])
      .option("--reason <text>", "why, for the audit log")
      .action(async (id: string, options: ActOptions) => {
        const hub = await hubOf(session, options);
        await hub.post(`/messages/${encodeURIComponent(id)}/${act}`, reasonOf(options));
        print(
          session,
          options,
          { id, [done]: true },
          () => `${paint(session.terminal, "green", "✓")} ${printable(id)} ${done}`,
        );
      });
  }
}

async function listMessages(session: Session, options: ListOptions): Promise<void> {
  const { terminal } = session;
  const hub = await hubOf(session, options);
  const query = {
    ...filtersOf(options, STATES, terminal.now()),
    to: options.to,
    outcome: options.outcome,
    endedSince: options.endedSince === undefined ? undefined : momentText(options.endedSince, terminal.now()),
    cursor: options.next,
  };
  const page = await readPage<MessageSummary>(hub, "/messages", query, wholeNumber("--limit", options.limit));
  print(session, options, page, () => {
    const end = pageEnd(page, "No message matches.");
    if (page.items.length === 0) return end;
    const lines = [
      table(page.items, [
        { title: "ID", cell: (message) => message.id },
        { title: "ACCEPTED", cell: (message) => showMoment(message.acceptedAt) },
        { title: "FLOW", cell: (message) => message.flow },
        { title: "KEY", cell: (message) => message.key },
        { title: "STATE", cell: (message) => statePill(terminal, message), painted: true },
        { title: "ATTEMPTS", cell: (message) => message.attempts },
        {
          title: "ERROR",
          cell: (message) =>
            message.failure === null ? "" : `${message.failure.code} ${message.failure.message}`,
        },
      ]),
    ];
    return [...lines, ...(end === "" ? [] : ["", paint(terminal, "dim", end)])].join("\n");
  });
}

const COLOURS: Readonly<Record<string, Style>> = {
  parked: "red",
  rejected: "red",
  waiting: "yellow",
  held: "yellow",
  sending: "cyan",
  queued: "cyan",
  done: "green",
};

function statePill(terminal: Terminal, message: MessageSummary): string {
  const ends = [...new Set(Object.values(message.outcomes))];
  const word = message.state === "done" && ends.length > 0 ? ends.join(", ") : message.state;
  return paint(
    terminal,
    COLOURS[ends.includes("rejected") ? "rejected" : message.state] ?? "dim",
    printable(word),
  );
}

function messageText(terminal: Terminal, message: MessageDetail): string {
  const sections = [
    facts([
      ["message", paint(terminal, "bold", printable(message.id))],
      ["flow", printable(message.flow)],
      ["key", message.key === null ? "none" : printable(message.key)],
      ["state", statePill(terminal, message)],
      ["accepted", showMoment(message.acceptedAt)],
      [
        "from",
        printable(
          message.place === null
            ? message.system
            : `${message.system}, ${message.place.name ?? ""} line ${message.place.line}`,
        ),
      ],
      ["file run", message.place === null ? null : `${message.place.file} row ${message.place.row}`],
      ["event", message.event === null ? null : printable(message.event)],
      ["size", showBytes(message.size)],
      ["version", message.version?.hash.slice(0, 12)],
      ["attempts", message.attempts],
      ["held by", message.blockedBy === null ? null : printable(message.blockedBy)],
      ["waits behind", message.waitsBehind === 0 ? null : `${message.waitsBehind} of its key`],
      ["blocks", message.blocks === 0 ? null : `${message.blocks} of its key`],
    ]),
  ];
  if (message.failure !== null) sections.push(failureLines(terminal, message.failure));
  if (message.deliveries.length > 0) {
    sections.push(
      table(message.deliveries, [
        { title: "DELIVERY", cell: (delivery) => delivery.id },
        { title: "TO", cell: (delivery) => delivery.to },
        { title: "STATE", cell: (delivery) => delivery.outcome ?? delivery.state },
        { title: "ATTEMPTS", cell: (delivery) => delivery.attempts },
        { title: "NEXT", cell: (delivery) => showMoment(delivery.nextAt) },
        { title: "ANSWER", cell: (delivery) => delivery.failure?.message ?? delivery.answer },
      ]),
    );
  }
  sections.push(
    table(message.trail, [
      { title: "AT", cell: (entry) => showMoment(entry.at) },
      { title: "STEP", cell: (entry) => entry.step },
      { title: "ROUTE", cell: (entry) => entry.route ?? " " },
      { title: "", cell: (entry) => entry.detail ?? " " },
    ]),
  );
  return sections.join("\n\n");
}

function failureLines(terminal: Terminal, failure: Failure): string {
  return facts([
    ["error", paint(terminal, "red", failure.code)],
    ["what", printable(failure.message)],
    ["where", failure.place === undefined ? null : printable(describePlace(failure.place))],
    ["cure", failure.cure === undefined ? null : printable(failure.cure)],
  ]);
}
