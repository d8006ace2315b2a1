import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { packageRoot } from "../../config/package-root.ts";

/** Nothing but its own files, no frame around it, and no form that leads elsewhere. */
const HEADERS = {
  "cache-control": "no-cache",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

const SCRIPT = "text/javascript; charset=utf-8";
const FILES = {
  "/desk": ["page.html", "text/html; charset=utf-8"],
  "/desk/page.js": ["page.js", SCRIPT],
  "/desk/call.js": ["call.js", SCRIPT],
  "/desk/hub.js": ["hub.js", SCRIPT],
  "/desk/page.css": ["page.css", "text/css; charset=utf-8"],
} as const;

/** The agents' page. It holds nothing of anybody: what it shows it asks the API for, with the token that the agent gives it. */
export async function deskPage(app: FastifyInstance): Promise<void> {
  const folder = join(packageRoot(), "src/api/desk");
  for (const [path, [file, type]] of Object.entries(FILES)) {
    const content = await readFile(join(folder, file));
    app.get(path, { schema: { hide: true } }, (_request, reply) =>
      reply.headers(HEADERS).type(type).send(content),
    );
  }
}
