import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { addRemote, hubOf, print, type RemoteOptions, reasonOf, type Session } from "./session.ts";
import { paint, printable, type Terminal } from "./terminal.ts";

interface AddOptions extends RemoteOptions {
  readonly name?: string;
  readonly apply?: true;
  readonly out?: string;
  readonly reason?: string;
}

/** A message as a case, as the hub would write it. */
interface CasePlan {
  readonly file: string;
  readonly text: string;
  readonly disguised: readonly { readonly pointer: string; readonly kind: string }[];
  readonly passed: boolean;
  readonly problem: string | null;
  readonly differences: readonly string[];
  readonly differs: string | null;
  readonly writable: boolean;
}

export function addCase(program: Command, session: Session): void {
  const group = program.command("case").description("Cases of flows, made of stored messages");
  addRemote(group, "add <id>", "Make a case of a message, with personal data disguised", [
    "tieline case add m-4711                                     # shows the case, and how it runs",
    "tieline case add m-4711 --name 'an order abroad' --apply    # the hub writes it into its project folder",
    "tieline case add m-4711 --out mappings/orders/cases/abroad.json",
  ])
    .option("--name <text>", "what the case is about; default: from <id>")
    .option("--apply", "have the hub write it into its project folder")
    .addOption(new Option("--out <file>", "write it here instead").conflicts("apply"))
    .option("--reason <text>", "why, for the audit log")
    .action(async (id: string, options: AddOptions) => {
      await add(session, id, options);
    });
}

async function add(session: Session, id: string, options: AddOptions): Promise<void> {
  const { terminal } = session;
  const hub = await hubOf(session, options);
  const path = `/messages/${encodeURIComponent(id)}/case`;
  const name = options.name === undefined ? {} : { name: options.name };
  const plan = await hub.post<CasePlan>(`${path}/plan`, name);
  const file = await write();
  if (file === null) print(session, options, plan, () => planText(terminal, plan));
  else
    print(
      session,
      options,
      { ...plan, file },
      () => `${writtenText(terminal, file)}\n${runText(terminal, plan)}`,
    );

  /** Where it was written; null: nowhere was asked for. */
  async function write(): Promise<string | null> {
    const { out } = options;
    if (options.apply === true) {
      return (await hub.post<{ readonly file: string }>(path, { ...name, ...reasonOf(options) })).file;
    }
    if (out === undefined) return null;
    await writeFile(resolve(terminal.cwd, out), plan.text, { flag: "wx" });
    return out;
  }
}

function writtenText(terminal: Terminal, file: string): string {
  return `${paint(terminal, "green", "✓")} ${printable(file)} written`;
}

function planText(terminal: Terminal, plan: CasePlan): string {
  const kinds = plan.disguised.map(({ pointer, kind }) => `${printable(pointer)} (${kind})`);
  return [
    printable(plan.file),
    plan.text.trimEnd(),
    kinds.length === 0 ? "Nothing in it was disguised." : `disguised: ${kinds.join(", ")}`,
    runText(terminal, plan),
    plan.writable
      ? "run again with --apply, or with --out FILE"
      : "run again with --out FILE: this hub does not follow its project folder",
  ].join("\n");
}

function runText(terminal: Terminal, { passed, problem, differences, differs }: CasePlan): string {
  return [
    passed
      ? `${paint(terminal, "green", "✓")} passes with the version in force`
      : `${paint(terminal, "red", "✗")} fails with the version in force`,
    ...(problem === null ? [] : [printable(problem)]),
    ...differences.map(printable),
    ...(differs === null ? [] : [`It does not end as the message did: ${differs}.`]),
  ].join("\n");
}
