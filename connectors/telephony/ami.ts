import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { connect as connectPlain, type Socket } from "node:net";
import { resolve } from "node:path";
import { connect as connectTls } from "node:tls";
import { AmiFailure } from "./ami-failure.ts";
import { type Ami, amiLine } from "./ami-line.ts";
import type { AmiBlock } from "./ami-reader.ts";
import type { AmiOptions } from "./settings.ts";

const CONNECT_MS = 5_000;

export interface AmiConnection {
  readonly options: AmiOptions;
  /** The project folder. */
  readonly dir: string;
  /** Classes of events, such as `call,cdr`; empty: none. */
  readonly events: string;
  readonly onEvent: (event: AmiBlock) => void;
  readonly signal?: AbortSignal;
}

/** Connects and logs in. @throws AmiFailure */
export async function connectAmi(connection: AmiConnection): Promise<Ami> {
  const socket = await openSocket(connection);
  const line = amiLine(socket, connection.onEvent);
  const abort = (): void => line.close();
  connection.signal?.addEventListener("abort", abort, { once: true });
  void line.ended.then(() => connection.signal?.removeEventListener("abort", abort));
  try {
    await logIn(line, connection);
  } catch (error) {
    line.close();
    throw error;
  }
  return line;
}

async function openSocket({ options, dir, signal }: AmiConnection): Promise<Socket> {
  if (signal?.aborted === true) throw new AmiFailure("away", "the hub is stopping");
  const { host, port = options.tls === true ? 5039 : 5038 } = options;
  const authority = options.authority === undefined ? undefined : await readAuthority(dir, options.authority);
  const socket =
    options.tls === true
      ? connectTls({ host, port, servername: host, ...(authority === undefined ? {} : { ca: authority }) })
      : connectPlain({ host, port });
  socket.setNoDelay(true);
  return new Promise((accept, refuse) => {
    const give = (error?: NodeJS.ErrnoException): void => {
      clearTimeout(late);
      socket.destroy();
      const code = error?.code === undefined ? "" : ` (${error.code})`;
      refuse(new AmiFailure("away", `the manager interface does not answer${code}`, error));
    };
    const late = setTimeout(() => give(), CONNECT_MS);
    socket.once("error", give);
    socket.once(options.tls === true ? "secureConnect" : "connect", () => {
      clearTimeout(late);
      socket.off("error", give);
      accept(socket);
    });
  });
}

async function readAuthority(dir: string, file: string): Promise<Buffer> {
  return readFile(resolve(dir, file)).catch((error: unknown) => {
    throw new AmiFailure("settings", "the file of `authority` cannot be read", error);
  });
}

/** By challenge, so that the secret never travels. */
async function logIn(line: Ami, { options, events }: AmiConnection): Promise<void> {
  const { user, secret } = options;
  const challenge = (await line.act("Challenge", { AuthType: "MD5" })).get("Challenge");
  if (challenge === undefined)
    throw new AmiFailure("settings", "the manager interface offers no MD5 challenge");
  const key = createHash("md5").update(challenge).update(secret).digest("hex");
  try {
    await line.act("Login", {
      AuthType: "MD5",
      Username: user,
      Key: key,
      Events: events === "" ? "off" : events,
    });
  } catch (error) {
    if (error instanceof AmiFailure && error.fault === "data")
      throw new AmiFailure("access", "the manager interface refused the user or the secret", error);
    throw error;
  }
}
