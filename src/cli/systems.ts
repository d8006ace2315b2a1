import type { Command } from "commander";
import { ERRORS } from "../errors.ts";
import { showDuration } from "../message/units.ts";
import type { Items, SystemCheck, SystemEntry } from "./api-shape.ts";
import { addRemote, hubOf, print, type RemoteOptions, type Session } from "./session.ts";
import { table } from "./table.ts";
import { paint, printable, type Terminal } from "./terminal.ts";

interface Checked extends SystemCheck {
  readonly name: string;
  readonly connector: string;
}

export function addSystems(program: Command, session: Session): void {
  const group = program
    .command("systems")
    .description("Look at the systems of tieline.yaml, test connections");
  addRemote(group, "ls", "All systems, what reads them and how far", ["tieline systems ls"]).action(
    async (options: RemoteOptions) => {
      const { items } = await (await hubOf(session, options)).get<Items<SystemEntry>>("/systems");
      print(session, options, { items }, () =>
        items.length === 0 ? "There is no system." : systemTable(session.terminal, items),
      );
    },
  );
  addRemote(group, "check [name]", "Connect to one system, or to all, and say what is wrong", [
    "tieline systems check",
    "tieline systems check shop --json",
  ]).action(async (name: string | undefined, options: RemoteOptions) => {
    const hub = await hubOf(session, options);
    const check = (system: string): Promise<SystemCheck> =>
      hub.post<SystemCheck>(`/systems/${encodeURIComponent(system)}/check`);
    const { items } = await hub.get<Items<SystemEntry>>("/systems");
    const named = name === undefined ? items : items.filter((one) => one.name === name);
    // The hub tells it better that there is none of this name.
    if (name !== undefined && named.length === 0) await check(name);
    const checked: Checked[] = await Promise.all(
      named.map(async (system) => ({
        name: system.name,
        connector: system.connector,
        ...(await check(system.name)),
      })),
    );
    const ok = checked.every((one) => one.ok);
    if (!ok) session.exitCode = 1;
    print(session, options, { ok, items: checked }, () =>
      checked.length === 0
        ? "There is no system."
        : checked.map((one) => line(session.terminal, one)).join("\n"),
    );
  });
}

function line(terminal: Terminal, { name, connector, failure }: Checked): string {
  if (failure === null) return `${paint(terminal, "green", "✓")} ${name} (${connector}) answers`;
  const cure = failure.cure ?? ERRORS[failure.code].cure;
  return [
    `${paint(terminal, "red", "✗")} ${name} (${connector}): ${printable(failure.message)}`,
    `  ${paint(terminal, "dim", printable(cure))}`,
  ].join("\n");
}

/** A system, or one of its sources that something reads. */
interface SourceRow {
  readonly system: SystemEntry;
  readonly source: SystemEntry["sources"][number] | undefined;
}

function systemTable(terminal: Terminal, systems: readonly SystemEntry[]): string {
  const rows: readonly SourceRow[] = systems.flatMap((system): readonly SourceRow[] =>
    system.sources.length === 0
      ? [{ system, source: undefined }]
      : system.sources.map((source) => ({ system, source })),
  );
  return table(rows, [
    { title: "SYSTEM", cell: ({ system }) => system.name },
    { title: "CONNECTOR", cell: ({ system }) => system.connector },
    { title: "LIMITS", cell: ({ system }) => gateText(system) },
    { title: "READ BY", cell: ({ source }) => source?.flow },
    {
      title: "SOURCE",
      cell: ({ source }) => sourceText(terminal, source),
      painted: true,
    },
    { title: "READ UP TO", cell: ({ source }) => source?.cursor },
  ]);
}

function sourceText(terminal: Terminal, source: SourceRow["source"]): string | null {
  if (source === undefined) return null;
  const { state, failure } = source;
  return failure === null ? state : paint(terminal, "yellow", `${state}: ${printable(failure.message)}`);
}

function gateText({ gate }: SystemEntry): string | null {
  if (gate === null) return null;
  const { breaker, opensIn, recent } = gate;
  const left = opensIn === null ? "" : ` for ${showDuration(opensIn)}`;
  const parts = [
    ...(breaker === null ? [] : [`breaker ${breaker}${left}`]),
    ...(recent === null ? [] : [`${recent} calls lately`]),
  ];
  return parts.join(", ");
}
