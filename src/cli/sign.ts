import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { hubPlace } from "../config/hub-place.ts";
import { loadConnectors } from "../connector/registry.ts";
import { signStandard } from "../connector/signature.ts";
import { HubError } from "../errors.ts";
import { inspect } from "./project-files.ts";
import type { Terminal } from "./terminal.ts";

/** What is to be sent, and to which source. */
export interface ToSign {
  readonly system: string;
  readonly source: string;
  readonly body: Uint8Array;
  readonly event: string;
}

/** The headers of Standard Webhooks 1.0.0 for a body, signed with a secret given by reference. */
export async function signWith(
  reference: string,
  { body, event }: ToSign,
  terminal: Terminal,
  dir: string,
): Promise<Record<string, string>> {
  const timestamp = Math.floor(terminal.now() / 1000);
  const secret = await secretFrom(reference, terminal, dir);
  return {
    "webhook-id": event,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signStandard(secret, event, timestamp, body),
  };
}

/**
 * The headers a genuine sender would send, by the source's own scheme and the secrets of the project.
 * @throws HubError TL_NOT_FOUND, TL_USAGE
 */
export async function signAsConfigured(
  item: ToSign,
  terminal: Terminal,
  dir: string,
): Promise<Record<string, string>> {
  const { settings } = await inspect(dir, terminal.env);
  const system = settings.systems[item.system];
  const connector = system === undefined ? undefined : (await loadConnectors())[system.connector];
  const opened = connector?.open(system?.settings, { system: item.system, now: terminal.now });
  const source = opened?.sources[item.source];
  if (source === undefined) {
    throw new HubError("TL_NOT_FOUND", "the project has no such source", {
      cure: "Compare `systems` in tieline.yaml; `tieline check` says what is wrong with it.",
    });
  }
  if (source.kind !== "push" || source.sign === undefined) {
    throw new HubError("TL_USAGE", "this source does not say how its senders sign", {
      cure: "Give the secret: --sign env:NAME.",
    });
  }
  return { ...source.sign(item.body, item.event) };
}

/** A secret given by reference stays out of the shell's history and the list of processes. */
async function secretFrom(reference: string, { env, cwd }: Terminal, dir: string): Promise<string> {
  const [, kind, name = ""] = /^(env|file|data):(.+)$/s.exec(reference) ?? [];
  if (kind === "file") return (await readFile(resolve(cwd, name), "utf8")).trim();
  if (kind === "data") {
    const { data } = await hubPlace(dir, env);
    return (await readFile(join(data, "secrets", basename(name)), "utf8")).trim();
  }
  if (kind === undefined) return reference;
  const value = env[name];
  if (value !== undefined && value !== "") return value;
  throw new HubError("TL_USAGE", `the environment variable ${name} is not set`, {
    cure: "Set it to the secret, or name a file with file:PATH.",
  });
}
