import type { Command } from "commander";
import { HubError } from "../errors.ts";
import { USER_ROLES } from "../message/permission.ts";
import type { Items } from "./api-shape.ts";
import { addRemote, hubOf, print, type RemoteOptions, type Session } from "./session.ts";
import { table } from "./table.ts";
import { paint, printable } from "./terminal.ts";
import { showMoment } from "./units.ts";

interface User {
  readonly name: string;
  readonly role: string;
  readonly payloads: boolean;
  readonly disabled: boolean;
  readonly lockedUntil: string | null;
  readonly signedInAt: string | null;
}

interface AddOptions extends RemoteOptions {
  readonly role: string;
  readonly payloads?: true;
}

interface SetOptions extends RemoteOptions {
  readonly role?: string;
  readonly payloads?: string;
  readonly disable?: true;
  readonly enable?: true;
}

const ROLES = USER_ROLES.join(", ");

export function addUsers(program: Command, session: Session): void {
  const group = program.command("users").description("Say who may use the hub");
  addRemote(group, "ls", "All users", ["tieline users ls"]).action(async (options: RemoteOptions) => {
    const hub = await hubOf(session, options);
    const { items } = await hub.get<Items<User>>("/users");
    print(session, options, { items }, () =>
      items.length === 0 ? "Nobody has an account yet." : list(items),
    );
  });
  addRemote(group, "add <name>", "Add a user; the password is asked for, or read from standard input", [
    "tieline users add anna --role admin",
    "pass show tieline/anna | tieline users add anna --role operator",
  ])
    .requiredOption("--role <role>", `one of ${ROLES}`)
    .option("--payloads", "sees payloads and personal data whatever the role")
    .action(async (name: string, options: AddOptions) => {
      const hub = await hubOf(session, options);
      const password = await session.terminal.secret(`Password for ${printable(name)}: `);
      const payloads = options.payloads === true;
      const user = await hub.post<User>("/users", { name, password, role: options.role, payloads });
      told(session, options, user, `is a user now, as ${user.role}`);
    });
  addRemote(group, "set <name>", "Change what a user may do", [
    "tieline users set anna --role engineer",
    "tieline users set anna --payloads yes",
    "tieline users set anna --disable",
  ])
    .option("--role <role>", `one of ${ROLES}`)
    .option("--payloads <yes|no>", "sees payloads and personal data whatever the role")
    .option("--disable", "signs the user out and keeps it out")
    .option("--enable", "lets the user in again")
    .action(async (name: string, options: SetOptions) => {
      const hub = await hubOf(session, options);
      const user = await hub.post<User>(`/users/${encodeURIComponent(name)}`, changeOf(options));
      told(session, options, user, `is ${user.disabled ? "disabled" : user.role} now`);
    });
  addRemote(group, "password <name>", "Give a user another password; ends sessions and a lock-out", [
    "tieline users password anna",
  ]).action(async (name: string, options: RemoteOptions) => {
    const hub = await hubOf(session, options);
    const password = await session.terminal.secret(`New password for ${printable(name)}: `);
    const user = await hub.post<User>(`/users/${encodeURIComponent(name)}/password`, { password });
    told(session, options, user, "has another password now");
  });
}

function changeOf({ role, payloads, disable, enable }: SetOptions) {
  if (payloads !== undefined && payloads !== "yes" && payloads !== "no")
    throw new HubError("TL_USAGE", "--payloads is yes or no", { cure: "Write --payloads yes." });
  if (disable === true && enable === true)
    throw new HubError("TL_USAGE", "a user is disabled or enabled, not both", { cure: "Leave one out." });
  return {
    ...(role === undefined ? {} : { role }),
    ...(payloads === undefined ? {} : { payloads: payloads === "yes" }),
    ...(disable === true ? { disabled: true } : enable === true ? { disabled: false } : {}),
  };
}

function told(session: Session, options: RemoteOptions, user: User, what: string): void {
  const { terminal } = session;
  print(session, options, user, () => `${paint(terminal, "green", "✓")} ${printable(user.name)} ${what}`);
}

function list(users: readonly User[]): string {
  return table(users, [
    { title: "USER", cell: (user) => user.name },
    { title: "ROLE", cell: (user) => user.role },
    { title: "PAYLOADS", cell: (user) => (user.payloads ? "given" : " ") },
    { title: "SIGNED IN", cell: (user) => showMoment(user.signedInAt) },
    {
      title: "",
      cell: (user) =>
        user.disabled
          ? "disabled"
          : user.lockedUntil === null
            ? " "
            : `locked until ${showMoment(user.lockedUntil)}`,
    },
  ]);
}
