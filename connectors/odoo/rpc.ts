import { HubError, isObject, type Json, type JsonObject } from "tieline/connector";
import { faultOf, OdooFailure } from "./failure.ts";
import type { OdooOptions } from "./settings.ts";

/** Longest wait for an answer to a question; milliseconds. */
const TIMEOUT_MS = 60_000;
/** The hub gives an attempt to deliver 14 s; what is written is given up a little before. */
const WRITE_MS = 12_000;
/** More of one answer is not read: no page of records may fill the memory. */
const ANSWER_LIMIT = 64 * 1024 * 1024;

/** One database of an Odoo, as the hub's user. */
export interface Odoo {
  /**
   * Calls a method of a model.
   * @throws OdooFailure
   */
  call(model: string, method: string, args: readonly Json[], options?: CallOptions): Promise<Json>;
  /** The number of the hub's user. @throws OdooFailure */
  uid(signal?: AbortSignal): Promise<number>;
  /** Odoo's own time when it answered last, milliseconds since 1970; undefined before, or where it does not tell. */
  time(): number | undefined;
}

export interface CallOptions {
  readonly kwargs?: JsonObject;
  readonly signal?: AbortSignal;
  /** It changes something: it has less time. */
  readonly writes?: boolean;
}

/**
 * Speaks JSON-RPC with Odoo 8 to 18 and later: `/jsonrpc`, services `common` and `object`. Each call bears the password
 * or API key, so there is no session that could end. No redirect is followed, since it would be told the password.
 * @throws HubError TL_CONFIG_INVALID
 */
export function odoo(options: OdooOptions): Odoo {
  const url = requireUrl(options.url);
  const timeout = options.timeout ?? TIMEOUT_MS;
  let user: Promise<number> | null = null;
  let answered: number | undefined;
  let number = 0;

  async function ask(
    service: string,
    method: string,
    args: readonly Json[],
    call: CallOptions,
  ): Promise<Json> {
    const deadline = AbortSignal.timeout(call.writes === true ? Math.min(timeout, WRITE_MS) : timeout);
    number += 1;
    const body = { jsonrpc: "2.0", method: "call", params: { service, method, args }, id: number };
    const answer = await post(
      url,
      body as Json,
      call.signal === undefined ? deadline : AbortSignal.any([call.signal, deadline]),
    );
    answered = answer.at;
    return resultOf(answer, url.host);
  }

  async function login(signal: AbortSignal | undefined): Promise<number> {
    const { database, user: name, password } = options;
    const uid = await ask(
      "common",
      "authenticate",
      [database, name, password, {}],
      signal === undefined ? {} : { signal },
    );
    if (typeof uid === "number") return uid;
    throw new OdooFailure("access", `${url.host} does not know the user with this password or key`);
  }

  function uid(signal?: AbortSignal): Promise<number> {
    // Who ask at once share one login; one that failed is no answer for the next.
    user ??= login(signal).catch((error: unknown) => {
      user = null;
      throw error;
    });
    return user;
  }

  return {
    uid,
    time: () => answered,
    async call(model, method, args, call = {}) {
      const id = await uid(call.signal);
      try {
        const all = [options.database, id, options.password, model, method, args, call.kwargs ?? {}];
        return await ask("object", "execute_kw", all, call);
      } catch (error) {
        // The user may have been made anew, under another number.
        if (error instanceof OdooFailure && error.fault === "access") user = null;
        throw error;
      }
    },
  };
}

function requireUrl(text: string): URL {
  const cure = "Write it like https://odoo.example.com, without a path.";
  const refused = (what: string): HubError => new HubError("TL_CONFIG_INVALID", `\`url\` ${what}`, { cure });
  if (!URL.canParse(text)) throw refused("is not an absolute URL");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") throw refused("must not hold a user or password");
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isHere))
    throw refused("must begin with https://: a password is sent there");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") throw refused("must be without a path");
  return new URL("/jsonrpc", url);
}

interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly at: number | undefined;
}

async function post(url: URL, body: Json, signal: AbortSignal): Promise<HttpAnswer> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
      redirect: "manual",
      signal,
    });
    const date = Date.parse(response.headers.get("date") ?? "");
    return {
      status: response.status,
      text: await textOf(response),
      at: Number.isNaN(date) ? undefined : date,
    };
  } catch (cause) {
    if (cause instanceof OdooFailure) throw cause;
    throw new OdooFailure("away", `${url.host} gave no answer (${reasonOf(cause)})`, { cause });
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).byteLength;
    if (size > ANSWER_LIMIT)
      throw new OdooFailure("settings", `an answer is larger than ${ANSWER_LIMIT} bytes; read fewer fields`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The error's code alone; messages of the network stack may quote what was sent. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return "unknown";
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
}

function resultOf({ status, text }: HttpAnswer, host: string): Json {
  if (status >= 300 && status < 400)
    throw new OdooFailure("settings", `${host} answered ${status}, a redirect, and none is followed`);
  if (status === 401 || status === 403) throw new OdooFailure("access", `${host} answered ${status}`);
  if (status === 429) throw new OdooFailure("busy", `${host} answered 429`);
  if (status === 404 || status === 405)
    throw new OdooFailure("settings", `${host} answered ${status}: there is no Odoo behind /jsonrpc`);
  // Odoo 14 where it serves several databases at one address: whatever it refuses, it does not say why.
  if (status === 500) throw new OdooFailure("server", `${host} answered 500 and gave no reason`);
  const answer = parse(text);
  if (status !== 200 || !isObject(answer)) {
    // Somebody before Odoo answers, often with a page about maintenance: no matter of this message.
    throw new OdooFailure(
      "away",
      `${host} answered ${status}${status === 200 ? " with what is not JSON-RPC" : ""}`,
    );
  }
  const { error, result } = answer;
  if (isObject(error)) throw failureOf(error);
  return result ?? null;
}

function failureOf(error: JsonObject): OdooFailure {
  const data = isObject(error["data"]) ? error["data"] : {};
  const name = typeof data["name"] === "string" ? data["name"] : "unknown";
  const message = typeof data["message"] === "string" ? data["message"] : "";
  return new OdooFailure(
    faultOf(name, message),
    `Odoo refused with ${/^[\w.]{1,100}$/.test(name) ? name : "an error"}`,
    message === "" ? {} : { said: message },
  );
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
