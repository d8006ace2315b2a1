import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hubPlace } from "../config/hub-place.ts";
import { ERRORS, type ErrorCode, HubError, type Issue } from "../errors.ts";
import { isObject, type Json } from "../message/json.ts";
import type { Place } from "../message/place.ts";
import type { Terminal } from "./terminal.ts";
import { programVersion } from "./version.ts";

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** The API of one hub. Every method throws a HubError with the hub's own code, place and cure. */
export interface HubClient {
  readonly url: string;
  /** Reads a JSON resource. `path` begins with `/`. */
  get<T>(path: string, query?: Query): Promise<T>;
  /** Asks for an act. */
  post<T>(path: string, body?: Json): Promise<T>;
  /** Reads a resource as the bytes it is. */
  bytes(path: string, query?: Query): Promise<{ readonly contentType: string; readonly body: Uint8Array }>;
  /** The page for Prometheus. */
  metrics(): Promise<string>;
  /** A request as it is, for what lies outside `/api`. */
  raw(path: string, init: RequestInit): Promise<Response>;
}

export interface ClientOptions {
  /** The project folder, absolute. */
  readonly dir: string;
  readonly url?: string;
  readonly token?: string;
}

const API = "/api/v1";
const TIMEOUT_MS = 60_000;

/** Finds the hub and the token. Nothing is sent yet. */
export async function openClient(terminal: Terminal, options: ClientOptions): Promise<HubClient> {
  const place = await hubPlace(options.dir, terminal.env);
  const url = requireUrl(options.url ?? place.url);
  const token = options.token ?? (await ownToken(url, options.url === undefined, place.data));
  const headers: Record<string, string> = {
    // The hub's audit log tells acts by this name from those of other programs.
    "user-agent": `tieline-cli/${programVersion()}`,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };

  async function raw(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${url}${path}`, {
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...init,
      });
    } catch (error) {
      throw unreachable(url, error);
    }
  }

  async function ask(path: string, init: RequestInit): Promise<Response> {
    const response = await raw(`${API}${path}`, { ...init, headers: { ...headers, ...init.headers } });
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  return {
    url,
    raw,
    async metrics() {
      const response = await raw("/metrics", { headers });
      if (!response.ok) throw await problemOf(response);
      return response.text();
    },
    async get<T>(path: string, query: Query = {}) {
      const response = await ask(`${path}${search(query)}`, { headers: { accept: "application/json" } });
      return (await jsonOf(response)) as T;
    },
    async post<T>(path: string, body?: Json) {
      const init =
        body === undefined
          ? {}
          : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
      return (await jsonOf(await ask(path, { method: "POST", ...init }))) as T;
    },
    async bytes(path, query = {}) {
      const response = await ask(`${path}${search(query)}`, {});
      return {
        contentType: response.headers.get("content-type") ?? "application/octet-stream",
        body: new Uint8Array(await response.arrayBuffer()),
      };
    },
  };
}

/** `?a=1&b=x`; what is undefined is left out. */
function search(query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** The token file belongs to the hub on this machine; it is not sent to another one that happened to be named. */
async function ownToken(url: string, isDefault: boolean, data: string): Promise<string | undefined> {
  const host = new URL(url).hostname;
  if (!isDefault && !["127.0.0.1", "localhost", "[::1]"].includes(host)) return undefined;
  try {
    return (await readFile(join(data, "api-token"), "utf8")).trim();
  } catch {
    // No file: the hub may run without tokens, or elsewhere; it will say so itself.
    return undefined;
  }
}

function requireUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new HubError("TL_USAGE", "the hub's address is not a URL", {
      cure: "Write it like http://127.0.0.1:8400.",
    });
  }
  return url.href.replace(/\/+$/, "");
}

function unreachable(url: string, error: unknown): HubError {
  if (error instanceof Error && error.name === "TimeoutError") {
    return new HubError("TL_STOPPING", `the hub at ${url} did not answer within ${TIMEOUT_MS / 1000} s`, {
      cure: "Look at its log; `tieline doctor` tells more.",
      cause: error,
    });
  }
  return new HubError("TL_STOPPING", `no hub answers at ${url}`, {
    cure: "Start it with `tieline start`, or name another one with --url or TIELINE_URL.",
    cause: error,
  });
}

async function jsonOf(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch (error) {
    throw new HubError("TL_INTERNAL", "the answer is not JSON; is this a Tieline hub?", {
      cure: "Check the address given by --url, TIELINE_URL or tieline.yaml.",
      cause: error,
    });
  }
}

/** The failure that a problem document (RFC 9457) tells, as if it had happened here. */
export async function problemOf(response: Response): Promise<HubError> {
  const problem: unknown = await response.json().catch(() => undefined);
  const fields: Readonly<Record<string, unknown>> = isObject(problem) ? problem : {};
  const text = (name: string): string | undefined =>
    typeof fields[name] === "string" ? fields[name] : undefined;
  const cure = text("cure");
  const place = isObject(fields["place"]) ? (fields["place"] as Place) : undefined;
  return new HubError(
    codeOf(text("code"), response.status),
    text("detail") ?? text("title") ?? `the hub answered ${response.status}`,
    {
      ...(cure === undefined ? {} : { cure }),
      ...(place === undefined ? {} : { place }),
      issues: Array.isArray(fields["issues"])
        ? (fields["issues"].filter(isObject) as unknown as readonly Issue[])
        : [],
    },
  );
}

function codeOf(code: string | undefined, status: number): ErrorCode {
  if (code !== undefined && Object.hasOwn(ERRORS, code)) return code as ErrorCode;
  if (status === 401) return "TL_UNAUTHORIZED";
  if (status === 403) return "TL_FORBIDDEN";
  if (status === 404) return "TL_NOT_FOUND";
  return status < 500 ? "TL_CONFLICT" : "TL_INTERNAL";
}
