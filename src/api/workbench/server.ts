import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { packageRoot } from "../../config/package-root.ts";
import type { MappingContract } from "../../config/strict/check-strict.ts";
import { HubError } from "../../errors.ts";
import { fixtureAnswers, type LookUpFixtures, NO_FIXTURES } from "../../flow/look-up-fixtures.ts";
import { evaluateDraft } from "../../flow/workbench.ts";

/** A named input to try a mapping on. */
export interface WorkbenchSample {
  readonly name: string;
  /** JSON, as it is to be shown. */
  readonly text: string;
  /** What look-ups answer when the mapping is tried on it; null: they find nobody. */
  readonly lookups: LookUpFixtures | null;
}

export interface WorkbenchOptions {
  /** The mapping's file, absolute: the only one that is ever written. */
  readonly file: string;
  /** How the page names it. */
  readonly title: string;
  /** Schemas and key of the flow that the mapping belongs to. */
  readonly contract: MappingContract & { readonly map: string };
  readonly samples: readonly WorkbenchSample[];
  /** `$message.receivedAt` of an evaluation: milliseconds since 1970. */
  readonly receivedAt: number;
}

export interface RunningWorkbench {
  /** With the key that the page needs; whoever has it may save the file. */
  readonly url: string;
  close(): Promise<void>;
}

/** Largest body: a mapping and a sample, in bytes. */
const BODY_LIMIT = 8 * 1024 * 1024;

/** A body is what it says, with nothing left out or turned into something else. */
const EXACT = { customOptions: { removeAdditional: false, coerceTypes: false } } as const;

const DRAFT = Type.Object(
  {
    text: Type.String(),
    sample: Type.String(),
    /** Which of the samples it began as, from 0: its look-ups get the answers of that one. */
    from: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { additionalProperties: false },
);
const SAVE = Type.Object({ text: Type.String(), version: Type.String() }, { additionalProperties: false });

/** Serves the page for one mapping on a free port of the loopback address. */
export async function serveWorkbench(options: WorkbenchOptions): Promise<RunningWorkbench> {
  const key = randomBytes(24).toString("base64url");
  const app = fastify({ logger: false, bodyLimit: BODY_LIMIT, forceCloseConnections: true, ajv: EXACT });
  guard(app, key);
  await addPage(app);
  app.get("/api/mapping", () => current(options));
  app.get("/api/samples", () => options.samples.map(({ name, text }) => ({ name, text })));
  app.post<{ Body: typeof DRAFT.static }>("/api/evaluate", { schema: { body: DRAFT } }, ({ body }) =>
    evaluate(options, body),
  );
  app.put<{ Body: typeof SAVE.static }>("/api/mapping", { schema: { body: SAVE } }, ({ body }) =>
    save(options, body.text, body.version),
  );
  app.setErrorHandler((thrown, _request, reply) => {
    const error = thrown instanceof HubError ? thrown : null;
    const status = error?.status ?? (thrown as { statusCode?: number }).statusCode ?? 500;
    const message = error?.message ?? (status < 500 ? (thrown as Error).message : "the workbench failed");
    return reply.code(status).send({ message, cure: error?.cure ?? null });
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as { readonly port: number };
  // Behind the #, so that neither a log nor another page's referrer ever has the key.
  return { url: `http://127.0.0.1:${port}/#${key}`, close: () => app.close() };
}

/**
 * Only this machine reaches the port, but any page open in its browser may try to. A page of another origin knows
 * neither the key nor, having led its own name to this address, the name in the header Host.
 */
function guard(app: FastifyInstance, key: string): void {
  app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
    reply.headers(HEADERS);
    const { port } = app.server.address() as { readonly port: number };
    if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(request.headers.host ?? ""))
      return reply.code(421).send({ message: "this address is not served here", cure: null });
    if (request.url.startsWith("/api/") && !isKey(request.headers["x-tieline-key"], key))
      return reply
        .code(401)
        .send({ message: "the key is missing", cure: "Open the address that was printed." });
    return undefined;
  });
}

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

function isKey(given: string | readonly string[] | undefined, key: string): boolean {
  if (typeof given !== "string" || given.length !== key.length) return false;
  return timingSafeEqual(Buffer.from(given), Buffer.from(key));
}

const PAGE = {
  "/": ["page.html", "text/html; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript; charset=utf-8"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
} as const;

async function addPage(app: FastifyInstance): Promise<void> {
  const folder = join(packageRoot(), "src/api/workbench");
  for (const [path, [file, type]] of Object.entries(PAGE)) {
    const content = await readFile(join(folder, file));
    app.get(path, (_request, reply) => reply.type(type).send(content));
  }
}

function evaluate(
  { contract, receivedAt, samples }: WorkbenchOptions,
  { text, sample, from }: typeof DRAFT.static,
): object {
  const lookups = from === undefined ? null : (samples[from]?.lookups ?? null);
  const info = { receivedAt, headers: null, file: null, row: null };
  return evaluateDraft(contract, text, sample, info, fixtureAnswers(lookups ?? NO_FIXTURES));
}

async function current({ file, title, contract }: WorkbenchOptions): Promise<object> {
  const text = await readFile(file, "utf8");
  return { title, text, version: versionOf(text), accepts: contract.accepts, emits: contract.emits };
}

function versionOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}

/** @throws HubError TL_CONFLICT when the file is no longer what the page began from */
async function save({ file }: WorkbenchOptions, text: string, version: string): Promise<object> {
  if (versionOf(await readFile(file, "utf8")) !== version) {
    throw new HubError("TL_CONFLICT", "the file was changed by another program since", {
      cure: "Take over what is in the file, or copy your text first.",
    });
  }
  // In place: a new file beside it would be another file, and would change owner, rights and links.
  await writeFile(file, text, { flag: "r+" });
  await truncate(file, Buffer.byteLength(text));
  return { version: versionOf(text) };
}
