import { isUtf8 } from "node:buffer";
import type { RouteDefinition } from "../config/flow-definition.ts";
import type { HubSettings } from "../config/hub-settings.ts";
import type { Sink } from "../connector/contract.ts";
import { loadConnectors } from "../connector/registry.ts";
import { asHubError, type Failure, HubError, toFailure } from "../errors.ts";
import type { Json } from "../message/json.ts";

/** What one sink would write of a record, or why it would not. */
export interface Written {
  readonly to: string;
  /** Missing where it would be part of a file of many. */
  readonly name?: string;
  /** Text where the file is text, else its bytes in hexadecimal digits. */
  readonly content?: string;
  readonly error?: Failure;
}

/** Tells what the sinks that write files would write of a record; nothing is written. */
export type WritePreview = (body: Json, to: readonly string[], row: number) => readonly Written[];

/** Opens the systems that routes lead to; those whose settings are not whole here, and sinks that write no files, show nothing. */
export async function writePreview(
  { dir, systems }: HubSettings,
  routes: readonly Pick<RouteDefinition, "to" | "collect">[],
  now: () => number,
): Promise<WritePreview> {
  const connectors = await loadConnectors();
  const sinks = new Map<string, Sink>();
  for (const { to } of routes) {
    const [system = "", sink = ""] = to.split(".");
    const found = Object.hasOwn(systems, system) ? systems[system] : undefined;
    const connector = connectors[found?.connector ?? ""];
    if (found === undefined || connector === undefined) continue;
    try {
      const one = connector.open(found.settings, { system, dir, now }).sinks[sink];
      if (one?.preview !== undefined) sinks.set(to, one);
    } catch (error) {
      // `tieline check` tells what is wrong with it.
      if (!(error instanceof HubError)) throw error;
    }
  }
  return (body, to, row) =>
    to.flatMap((route): readonly Written[] => {
      const sink = sinks.get(route);
      if (sink?.preview === undefined) return [];
      try {
        const delivery = { id: `try-${row}`, sequence: row, key: null, body, storedAt: now(), attempt: 1 };
        const isPart = routes.some(({ to, collect }) => to === route && collect !== undefined);
        if (isPart) sink.bundle?.check(delivery);
        const { name, content } = sink.preview(delivery);
        return [{ to: route, ...(isPart ? {} : { name }), content: readable(content) }];
      } catch (thrown) {
        return [{ to: route, error: toFailure(asHubError(thrown)) }];
      }
    });
}

function readable(content: Uint8Array): string {
  const bytes = Buffer.from(content);
  const text = bytes.toString("utf8");
  if (isUtf8(bytes) && isPlain(text)) return text;
  const western = bytes.toString("latin1");
  return isPlain(western) ? western : bytes.toString("hex").replace(/.{64}(?=.)/g, "$&\n");
}

/** Without controls but for line ends and tabulators. */
function isPlain(text: string): boolean {
  return !/\p{Cc}/u.test(text.replace(/[\r\n\t]/g, ""));
}
