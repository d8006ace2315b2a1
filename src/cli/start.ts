import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { parseListen } from "../config/listen.ts";
import { ROLES, type Role } from "../config/role.ts";
import { HubError } from "../errors.ts";
import { addCommand, type CommonOptions, projectFolder, type Session } from "./session.ts";
import { programVersion } from "./version.ts";

interface StartOptions extends CommonOptions {
  readonly empty?: true;
  readonly data?: string;
  readonly listen?: string;
  readonly role: Role;
}

export function addStart(program: Command, session: Session): void {
  addCommand(program, "start", "Start the hub and keep it running", [
    "tieline start",
    "tieline start --dir /etc/tieline --data /var/lib/tieline",
    "tieline start --listen 0.0.0.0:8400",
    "tieline start --role worker           # one of several processes on one PostgreSQL",
    "tieline start --empty                 # a new data folder stays empty: no examples",
  ])
    .option("--empty", "do not run the examples that a new data folder begins with")
    .option("--data <folder>", "data folder (default: TIELINE_DATA, or `data` of tieline.yaml)")
    .option("--listen <host:port>", "where to listen (default: TIELINE_LISTEN, or `listen` of tieline.yaml)")
    .addOption(
      new Option(
        "--role <role>",
        "what this process does: all, or on a shared PostgreSQL one of api, worker, schedule",
      )
        .env("TIELINE_ROLE")
        .choices(ROLES)
        .default("all"),
    )
    .action(async (options: StartOptions) => {
      session.exitCode = await start(session, options);
    });
}

async function start(session: Session, options: StartOptions): Promise<number> {
  const { terminal } = session;
  if (options.listen !== undefined) requireListen(options.listen);
  const say = (line: string): void => (options.json === true ? terminal.err(line) : terminal.out(line));
  // Listened to from the first moment: a signal during the start ends in a stop, not in a hub that was half begun.
  const { stop } = terminal;
  const starting = session.ports.startHub({
    dir: projectFolder(session, options),
    ...(options.data === undefined ? {} : { data: resolve(terminal.cwd, options.data) }),
    ...(options.listen === undefined ? {} : { listen: options.listen }),
    role: options.role,
    empty: options.empty === true,
    version: programVersion(),
    print: say,
    stop,
  });
  const hub = await starting.catch((error: unknown) => {
    if (stop.aborted) return null;
    throw error;
  });
  if (hub === null) {
    say("Stopped before it had started.");
    return 0;
  }
  if (options.json === true) terminal.out(JSON.stringify({ url: hub.url }));
  const asked = new Promise<"asked">((resolve) => {
    if (stop.aborted) resolve("asked");
    stop.addEventListener("abort", () => resolve("asked"), { once: true });
  });
  const ended = await Promise.race([asked, hub.done]).catch(async (error: unknown) => {
    // The engine is gone; what is left of the hub must not keep the process.
    await hub.stop();
    throw error;
  });
  if (ended === "asked") {
    say("Stopping: taking nothing new, finishing what is under way. Once more to stop at once.");
    await hub.stop();
    await hub.done;
    say("Stopped.");
  }
  return 0;
}

function requireListen(listen: string): void {
  if (parseListen(listen) !== undefined) return;
  throw new HubError("TL_USAGE", "--listen is not an address", { cure: "Write it like 127.0.0.1:8400." });
}
