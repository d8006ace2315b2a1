import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { FastifyInstance } from "fastify";
import { packageRoot } from "../config/package-root.ts";
import { HubError } from "../errors.ts";

/** Addresses of the screens. All lead to one page, which shows the screen by its address. */
export const SCREENS = [
  "/",
  "/messages",
  "/messages/:id",
  "/errors",
  "/flows",
  "/flows/:name",
  "/flows/:name/mapping",
  "/files",
  "/files/:id",
  "/customers",
  "/customers/:id",
  "/schedules",
  "/systems",
  "/agent",
  "/alerts",
  "/audit",
  "/admin",
  "/account",
] as const;

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};
/** Where the built page wants the number that its styles must bear. */
const NONCE = "__NONCE__";

/** Serves the dashboard as it was built into `dist/dashboard`; without a build there is none. */
export function dashboardRoutes(app: FastifyInstance, folder = join(packageRoot(), "dist/dashboard")): void {
  if (!existsSync(join(folder, "index.html"))) return;
  const schema = { hide: true };
  for (const url of SCREENS) {
    app.get(url, { schema }, async (_request, reply) => {
      const nonce = randomBytes(16).toString("base64");
      const page = await readFile(join(folder, "index.html"), "utf8");
      return reply.headers(headers(nonce)).send(page.replaceAll(NONCE, nonce));
    });
  }
  const assets = new Set(readdirSync(join(folder, "assets")));
  app.get<{ Params: { name: string } }>("/assets/:name", { schema }, async ({ params, headers }, reply) => {
    const { name } = params;
    const type = TYPES[extname(name)];
    if (!assets.has(name) || type === undefined)
      throw new HubError("TL_NOT_FOUND", "there is nothing at this address");
    const packed = (headers["accept-encoding"] ?? "").includes("gzip") && assets.has(`${name}.gz`);
    if (packed) reply.header("content-encoding", "gzip");
    return reply
      .headers({
        "content-type": type,
        vary: "accept-encoding",
        // Its name holds the hash of its content.
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
      })
      .send(await readFile(join(folder, "assets", packed ? `${name}.gz` : name)));
  });
}

/** Nothing runs and nothing is shown that does not come from the hub itself; styles made at run time bear the nonce. */
function headers(nonce: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy.join("; "),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  };
}
