import type { Operations } from "./operations.ts";

export type Operation = keyof Operations;
export type Answer<Name extends Operation> = Operations[Name]["answer"];
export type Query<Name extends Operation> = Operations[Name]["query"];
export type Item<Name extends Operation> =
  Answer<Name> extends { readonly items: readonly (infer One)[] } ? One : never;

interface Input<Name extends Operation> {
  /** Values of the `{names}` in the path. */
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Query<Name>;
  readonly body?: Operations[Name]["body"];
  readonly signal?: AbortSignal;
}

/** A failure the hub has answered with (RFC 9457), or that no answer came. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly cure: string;
  readonly issues: readonly {
    readonly message: string;
    readonly place?: Readonly<Record<string, unknown>>;
  }[];

  constructor(fields: Partial<Problem> & { readonly detail?: string }) {
    super(fields.detail ?? fields.title ?? "the hub did not answer");
    this.status = fields.status ?? 0;
    this.code = fields.code ?? "";
    this.title = fields.title ?? "The hub cannot be reached";
    this.cure =
      fields.cure ?? "It is tried again by itself. Check that the hub runs and the network is there.";
    this.issues = fields.issues ?? [];
  }
}

/** Calls an operation of the API. @throws Problem */
export async function call<Name extends Operation>(
  name: Name,
  input: Input<Name> = {},
): Promise<Answer<Name>> {
  const response = await send(name, input);
  return (await response.json()) as Answer<Name>;
}

export interface Bytes {
  readonly bytes: Uint8Array;
  /** Of the whole, which may be more than what came. */
  readonly size: number;
}

/** Calls an operation that answers with bytes. @throws Problem */
export async function callBytes(
  name: "GET /messages/{id}/raw" | "GET /messages/{id}/deliveries/{delivery}/body",
  input: Input<typeof name>,
): Promise<Bytes> {
  const response = await send(name, input);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, size: Number(response.headers.get("tieline-size") ?? bytes.length) };
}

async function send<Name extends Operation>(name: Name, input: Input<Name>): Promise<Response> {
  const [method = "GET"] = name.split(" ", 1);
  const { body, signal } = input;
  let response: Response;
  try {
    response = await fetch(addressOf(name, input), {
      method,
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new Problem({});
  }
  if (!response.ok) throw await problemIn(response);
  return response;
}

/** Where an operation is found; also for links that download. */
export function addressOf<Name extends Operation>(name: Name, { path = {}, query }: Input<Name>): string {
  const pattern = name.slice(name.indexOf(" ") + 1);
  const place = pattern.replace(/\{(\w+)\}/g, (_, key: string) =>
    encodeURIComponent(String(path[key] ?? "")),
  );
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== null && value !== "") search.set(key, String(value));
  return `/api/v1${place}${search.size === 0 ? "" : `?${search}`}`;
}

async function problemIn(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => ({}));
  return new Problem({ status: response.status, ...(body as object) });
}
