import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { isObject } from "../message/json.ts";
import { problemOf } from "./client.ts";
import { addRemote, hubOf, print, projectFolder, type RemoteOptions, type Session } from "./session.ts";
import { signAsConfigured, signWith } from "./sign.ts";
import { paint, printable } from "./terminal.ts";

interface SendOptions extends RemoteOptions {
  readonly file: string;
  readonly sign?: string | true;
  readonly event?: string;
  readonly contentType?: string;
}

const TYPES: readonly (readonly [string, string])[] = [
  [".json", "application/json"],
  [".jsonl", "application/x-ndjson"],
  [".csv", "text/csv"],
  [".xml", "application/xml"],
];

export function addSend(program: Command, session: Session): void {
  addRemote(program, "send <system> <source>", "Send a file to a push source, as the other system would", [
    "tieline send website contact -f contact.json --sign       # as the source is configured",
    "tieline send billing customers -f event.json --sign data:billing-webhook",
    "tieline send billing customers -f event.json --sign env:BILLING_SECRET --event evt_4711",
  ])
    .requiredOption("-f, --file <file>", "the body, sent as it is")
    .option(
      "--sign [secret]",
      "sign as the source is configured; or by Standard Webhooks with env:NAME, file:PATH, data:NAME, or a secret",
    )
    .option("--event <id>", "id of the happening (webhook-id); default: a new one")
    .option("--content-type <type>", "default: by the file's ending")
    .action(async (system: string, source: string, options: SendOptions) => {
      await send(session, system, source, options);
    });
}

async function send(session: Session, system: string, source: string, options: SendOptions): Promise<void> {
  const { terminal } = session;
  const dir = projectFolder(session, options);
  const body = await readFile(resolve(terminal.cwd, options.file));
  const hub = await hubOf(session, options);
  const event = options.event ?? `evt_${randomUUID()}`;
  const item = { system, source, body, event };
  const signed =
    options.sign === undefined
      ? {}
      : options.sign === true
        ? await signAsConfigured(item, terminal, dir)
        : await signWith(options.sign, item, terminal, dir);
  const headers: Record<string, string> = {
    "content-type": options.contentType ?? typeOf(options.file),
    ...(options.event === undefined ? {} : { "webhook-id": event, "idempotency-key": event }),
    ...signed,
    ...(options.contentType === undefined ? {} : { "content-type": options.contentType }),
  };
  const path = `/in/${encodeURIComponent(system)}/${encodeURIComponent(source)}`;
  const response = await hub.raw(path, { method: "POST", headers, body });
  if (!response.ok) throw await problemOf(response);
  const text = await response.text();
  const answer = parsed(text);
  print(session, options, { status: response.status, answer: answer ?? text }, () => {
    const id = typeof answer?.["id"] === "string" ? answer["id"] : "";
    const what = answer?.["duplicate"] === true ? "known already" : "stored";
    return `${paint(terminal, "green", "✓")} ${what}${id === "" ? "" : `  ${printable(id)}`}  (${response.status})`;
  });
}

function typeOf(file: string): string {
  return TYPES.find(([ending]) => file.toLowerCase().endsWith(ending))?.[1] ?? "application/octet-stream";
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // A source may answer in its sender's own form (`OK`).
    return undefined;
  }
}
