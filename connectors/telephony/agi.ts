import { createServer, type Socket } from "node:net";
import { HubError, type RouteAnswer, type RouteQuestion } from "tieline/connector";
import { shownName, shownNumber } from "./call.ts";
import type { RoutingOptions } from "./settings.ts";

/** Bytes of a question; Asterisk sends about a kilobyte. */
const LARGEST = 16 * 1024;
const MOST_ASKING = 500;
/** An exchange that does not go on is left; milliseconds. */
const PATIENCE = 5_000;

export type Ask = (question: RouteQuestion) => Promise<RouteAnswer>;

/**
 * Serves FastAGI: the dialplan asks whom to ring, gets its channel variables set, and goes on. Whatever goes wrong here ends
 * the connection, and the dialplan goes on with what it had set before.
 * @throws HubError TL_SOURCE_UNAVAILABLE when the address cannot be listened on
 */
export async function serveAgi(options: RoutingOptions, ask: Ask, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { host, port } = addressOf(options.listen);
  const allowed = new Set(options.from ?? ["127.0.0.1", "::1"]);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const from = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    if (!allowed.has(from) || open.size >= MOST_ASKING) return void socket.destroy();
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.setTimeout(PATIENCE, () => socket.destroy());
    converse(socket, ask);
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        new HubError(
          "TL_SOURCE_UNAVAILABLE",
          `cannot listen on ${options.listen} (${error.code ?? "unknown"})`,
        ),
      ),
    );
    signal.addEventListener("abort", () => resolve(), { once: true });
    server.listen(port, host);
  }).finally(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
}

/** One question: what Asterisk says of the channel, our variables one after the other, each after the answer to the last. */
function converse(socket: Socket, ask: Ask): void {
  let text = "";
  let commands: string[] | null = null;
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
    if (text.length > LARGEST) return void socket.destroy();
    const end = text.indexOf("\n\n");
    if (commands === null && end >= 0) {
      const question = questionOf(text.slice(0, end));
      text = text.slice(end + 2);
      commands = [];
      ask(question).then(
        (answer) => {
          commands = commandsOf(answer);
          next();
        },
        () => socket.destroy(),
      );
      return;
    }
    for (let line = text.indexOf("\n"); commands !== null && line >= 0; line = text.indexOf("\n")) {
      const isAnswer = /^\d{3}[ -]/.test(text);
      text = text.slice(line + 1);
      if (isAnswer) next();
    }
  });

  function next(): void {
    const command = commands?.shift();
    if (command === undefined) socket.end();
    else socket.write(`${command}\n`);
  }
}

function questionOf(text: string): RouteQuestion {
  const told = new Map(
    text.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
    }),
  );
  return {
    call: told.get("agi_uniqueid") ?? "",
    number: shownNumber(told.get("agi_callerid")),
    name: shownName(told.get("agi_calleridname")),
    line: shownNumber(told.get("agi_extension")),
  };
}

function commandsOf({ agent, customer, reason }: RouteAnswer): string[] {
  const variables: readonly (readonly [string, string | null])[] = [
    ["TIELINE_AGENT", agent],
    ["TIELINE_CUSTOMER", customer?.id ?? null],
    ["TIELINE_CUSTOMER_NAME", customer?.name ?? null],
    ["TIELINE_REASON", reason],
  ];
  return variables.flatMap(([name, value]) =>
    value === null ? [] : [`SET VARIABLE ${name} "${quoted(value)}"`],
  );
}

/** A customer's name is anybody's text: within the quotes it is one value of one line. */
function quoted(text: string): string {
  return text
    .slice(0, 200)
    .replace(/\p{Cc}+/gu, " ")
    .replace(/[\\"]/g, "\\$&");
}

/** `127.0.0.1:4573`, `[::1]:4573` */
function addressOf(listen: string): { readonly host: string; readonly port: number } {
  const at = listen.lastIndexOf(":");
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ""), port: Number(listen.slice(at + 1)) };
}
