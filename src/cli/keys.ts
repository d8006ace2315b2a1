import type { Command } from "commander";
import { USER_ROLES } from "../message/permission.ts";
import type { Items } from "./api-shape.ts";
import { addRemote, hubOf, print, type RemoteOptions, type Session } from "./session.ts";
import { table } from "./table.ts";
import { paint, printable } from "./terminal.ts";
import { showMoment } from "./units.ts";

interface Key {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly createdAt: string;
  readonly usedAt: string | null;
  readonly revokedAt: string | null;
}

interface AddOptions extends RemoteOptions {
  readonly role: string;
  readonly payloads?: true;
}

export function addKeys(program: Command, session: Session): void {
  const group = program.command("keys").description("Say which programs and agents' desks may use the API");
  addRemote(group, "ls", "All API keys, with when they were used last", ["tieline keys ls"]).action(
    async (options: RemoteOptions) => {
      const hub = await hubOf(session, options);
      const { items } = await hub.get<Items<Key>>("/keys");
      print(session, options, { items }, () => (items.length === 0 ? "There are no API keys." : list(items)));
    },
  );
  addRemote(group, "add <name>", "Make an API key; it is printed this once", [
    "tieline keys add desk-101 --role agent      # for the page /desk, and for nothing else",
    "tieline keys add monitoring --role viewer",
  ])
    .requiredOption("--role <role>", `one of ${USER_ROLES.join(", ")}`)
    .option("--payloads", "sees payloads and personal data whatever the role")
    .action(async (name: string, options: AddOptions) => {
      const hub = await hubOf(session, options);
      const body = { name, role: options.role, payloads: options.payloads === true };
      const made = await hub.post<Key & { readonly key: string }>("/keys", body);
      session.terminal.err("It is shown this once: keep it where the program finds it.");
      print(session, options, made, () => made.key);
    });
  addRemote(group, "revoke <id>", "Revoke an API key, at once and for good", [
    "tieline keys revoke 0123456789ab",
  ]).action(async (id: string, options: RemoteOptions) => {
    const hub = await hubOf(session, options);
    const key = await hub.post<Key>(`/keys/${encodeURIComponent(id)}/revoke`);
    print(
      session,
      options,
      key,
      () => `${paint(session.terminal, "green", "✓")} ${printable(key.name)} opens nothing any more`,
    );
  });
}

function list(keys: readonly Key[]): string {
  return table(keys, [
    { title: "ID", cell: (key) => key.id },
    { title: "NAME", cell: (key) => key.name },
    { title: "ROLE", cell: (key) => key.role },
    { title: "MADE", cell: (key) => showMoment(key.createdAt) },
    { title: "USED", cell: (key) => showMoment(key.usedAt) },
    { title: "", cell: (key) => (key.revokedAt === null ? " " : `revoked ${showMoment(key.revokedAt)}`) },
  ]);
}
