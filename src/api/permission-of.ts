import type { Permission } from "../message/permission.ts";

/** `open`: nobody is asked who they are. `own`: whoever is signed in, about themselves. */
export type Needed = Permission | "open" | "own";

/**
 * What each route of the API needs. A route that is not here is for administrators, and a test fails for it.
 * Health is open, since what watches a hub has no account; metrics are to programs of the hub's own machine, and need
 * `read` from anywhere else.
 */
const NEEDED: Readonly<Record<string, Needed>> = {
  "GET /livez": "open",
  "GET /readyz": "open",
  "GET /metrics": "read",
  "GET /api/v1/openapi.json": "open",
  "GET /api/v1/errors": "open",
  "GET /api/v1/errors/:code": "open",
  "GET /api/v1/session": "open",
  "POST /api/v1/session": "open",
  "DELETE /api/v1/session": "open",
  "GET /api/v1/session/oidc": "open",
  "GET /api/v1/session/oidc/callback": "open",

  "POST /api/v1/session/password": "own",

  "GET /api/v1/status": "read",
  "GET /api/v1/overview": "read",
  "GET /api/v1/stream": "read",
  "GET /api/v1/flows": "read",
  "GET /api/v1/flows/:name": "read",
  "GET /api/v1/flows/:name/books": "read",
  "GET /api/v1/flows/:name/slots": "read",
  "GET /api/v1/flows/:name/versions": "read",
  "GET /api/v1/flows/:name/versions/:hash": "read",
  "GET /api/v1/flows/:name/mapping": "read",
  "GET /api/v1/messages": "read",
  "GET /api/v1/messages/:id": "read",
  "GET /api/v1/messages/:id/deliveries/:delivery/attempts": "read",
  "GET /api/v1/error-groups": "read",
  "GET /api/v1/graph": "read",
  "GET /api/v1/files": "read",
  "GET /api/v1/files/:id": "read",
  "GET /api/v1/files/:id/rejected-rows": "read",
  "GET /api/v1/written-files": "read",
  "GET /api/v1/customers": "read",
  "GET /api/v1/customers/:id": "read",
  "GET /api/v1/customers/:id/history": "read",
  "GET /api/v1/unassigned": "read",
  "GET /api/v1/schedules": "read",
  "GET /api/v1/systems": "read",
  "GET /api/v1/alerts": "read",
  "GET /api/v1/retention": "read",
  "GET /api/v1/alert-rules": "read",
  "POST /api/v1/replay/plan": "read",

  "POST /api/v1/flows/:name/pause": "operate",
  "POST /api/v1/flows/:name/resume": "operate",
  "POST /api/v1/flows/:name/run": "operate",
  "POST /api/v1/flows/:name/routes/:to/resume": "operate",
  "POST /api/v1/messages/:id/park": "operate",
  "POST /api/v1/messages/:id/discard": "operate",
  "POST /api/v1/replay": "operate",
  "POST /api/v1/messages/:id/edited": "operate",
  "POST /api/v1/files/:id/resume": "operate",
  "POST /api/v1/systems/:name/check": "operate",
  "POST /api/v1/alerts/:id/acknowledge": "operate",
  "POST /api/v1/alerts/:id/mute": "operate",
  "POST /api/v1/alerts/test": "operate",
  "POST /api/v1/error-groups/:fingerprint/mute": "operate",
  "POST /api/v1/error-groups/:fingerprint/unmute": "operate",

  "POST /api/v1/flows/:name/cursor": "change",
  "POST /api/v1/deploy/plan": "change",
  "POST /api/v1/deploy": "change",
  "POST /api/v1/flows/:name/mapping/evaluate": "change",
  "POST /api/v1/flows/:name/mapping/cases": "change",
  "POST /api/v1/flows/:name/mapping/publish": "change",
  "POST /api/v1/messages/:id/case": "change",

  "GET /api/v1/messages/:id/raw": "payloads",
  "GET /api/v1/messages/:id/mapped": "payloads",
  "POST /api/v1/messages/:id/edited/plan": "payloads",
  "POST /api/v1/messages/:id/case/plan": "payloads",
  "GET /api/v1/messages/:id/deliveries/:delivery/body": "payloads",
  "GET /api/v1/messages/:id/deliveries/:delivery/attempts/:attempt": "payloads",
  "GET /api/v1/files/:id/rejects": "payloads",
  "GET /api/v1/flows/:name/mapping/samples": "payloads",
  "POST /api/v1/flows/:name/mapping/compare": "payloads",

  "GET /api/v1/desk": "desk",
  "GET /api/v1/desk/calls": "desk",
  "POST /api/v1/desk/notes": "desk",
  "POST /api/v1/desk/dials": "desk",

  "GET /api/v1/users": "administer",
  "POST /api/v1/users": "administer",
  "POST /api/v1/users/:name": "administer",
  "POST /api/v1/users/:name/password": "administer",
  "GET /api/v1/keys": "administer",
  "POST /api/v1/keys": "administer",
  "POST /api/v1/keys/:id/revoke": "administer",
  "GET /api/v1/doctor": "administer",
  "GET /api/v1/audit": "administer",
  "GET /api/v1/audit/verify": "administer",
  "POST /api/v1/backup": "administer",
};

/** @param url as the route is declared, such as `/api/v1/messages/:id` */
export function permissionOf(method: string, url: string): Needed | undefined {
  const name = `${method === "HEAD" ? "GET" : method} ${url}`;
  return Object.hasOwn(NEEDED, name) ? NEEDED[name] : undefined;
}
