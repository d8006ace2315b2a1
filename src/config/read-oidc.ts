import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { USER_ROLES, type UserRole } from "../message/permission.ts";
import type { HubSettings } from "./hub-settings.ts";
import { isLoopback } from "./listen.ts";
import type { OidcSettings } from "./oidc-settings.ts";
import { isPureReference } from "./reference.ts";
import type { Reporter } from "./reporter.ts";
import { type ReferenceContext, resolveText } from "./resolve-text.ts";

const USUAL = {
  scopes: ["openid", "profile", "email"],
  name: "preferred_username",
  claim: "groups",
} as const;

type Where = Pick<HubSettings, "auth" | "listen" | "publicUrl">;

/** Reads `oidc` of `tieline.yaml`, whose structure has been checked; null: nobody signs in at a provider. */
export function readOidc(
  written: Json | undefined,
  where: Where,
  references: ReferenceContext,
  report: Reporter,
): OidcSettings | null {
  if (!isObject(written)) return null;
  refuseWithoutUse(where, report);
  const text = (key: string): string => textAt(written, key, references, report) ?? "";
  const issuer = text("issuer");
  if (issuer !== "" && !isProvider(issuer)) {
    const cure = "Write the address as the provider gives it, such as https://login.example/realms/acme.";
    report.value(
      ["oidc", "issuer"],
      "oidc.issuer: expected an address of https; http on this machine alone",
      cure,
    );
  }
  const scopes = Array.isArray(written["scopes"]) ? written["scopes"].map(String) : USUAL.scopes;
  return {
    issuer,
    clientId: text("clientId"),
    clientSecret: readSecret(written, references, report),
    scopes: scopes.includes("openid") ? scopes : ["openid", ...scopes],
    nameClaim: stringOr(written["name"], USUAL.name),
    roles: readRoles(isObject(written["roles"]) ? written["roles"] : {}, report),
    label: stringOr(written["label"], "Sign in with your organization"),
  };
}

/** Reads `publicUrl`: where browsers reach the hub, without a slash at its end; null: where it listens. */
export function readPublicUrl(
  root: JsonObject,
  references: ReferenceContext,
  report: Reporter,
): string | null {
  if (typeof root["publicUrl"] !== "string") return null;
  const found = resolveText(root["publicUrl"], references);
  if (!("text" in found)) {
    report.value(["publicUrl"], `publicUrl: ${found.problem}`, found.cure);
    return null;
  }
  const url = URL.canParse(found.text) ? new URL(found.text) : null;
  if (url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  const cure = "Write what stands in the browser's address line, without a path: https://hub.example.";
  report.value(["publicUrl"], "publicUrl: expected an address of https or http without a path", cure);
  return null;
}

/** A provider that nobody could be sent to and come back from. */
function refuseWithoutUse({ auth, listen, publicUrl }: Where, report: Reporter): void {
  if (auth === "none") {
    const message = "oidc: with `auth: none` nobody signs in";
    report.key(["oidc"], message, "Set auth to token, or take oidc out.");
  }
  if (publicUrl !== null || isLoopback(listen.host)) return;
  const cure = "Write it beside oidc, such as publicUrl: https://hub.example.";
  report.key(["oidc"], "oidc: needs `publicUrl`, the address that the provider sends people back to", cure);
}

function isProvider(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  const isSafe =
    protocol === "https:" || (protocol === "http:" && isLoopback(hostname.replace(/^\[(.*)\]$/, "$1")));
  return isSafe && `${username}${password}${search}${hash}` === "";
}

function readSecret(written: JsonObject, references: ReferenceContext, report: Reporter): string | undefined {
  const secret = written["clientSecret"];
  if (secret === undefined) return undefined;
  if (typeof secret === "string" && isPureReference(secret)) {
    const found = textAt(written, "clientSecret", references, report);
    if (found !== "") return found;
    const cure = "Look at what the reference leads to, or leave clientSecret out for a public client.";
    report.value(["oidc", "clientSecret"], "oidc.clientSecret: the secret is empty", cure);
    return undefined;
  }
  const cure = `Write \${env:NAME} or \${file:PATH}, and nothing else; a default is not allowed.`;
  report.value(
    ["oidc", "clientSecret"],
    "oidc.clientSecret is a secret and must not stand in the file",
    cure,
  );
  return undefined;
}

function readRoles(roles: JsonObject, report: Reporter): OidcSettings["roles"] {
  const map = new Map<string, UserRole>();
  for (const [value, role] of Object.entries(isObject(roles["map"]) ? roles["map"] : {})) {
    const known = USER_ROLES.find((one) => one === role);
    if (known !== undefined) map.set(value, known);
  }
  const otherwise = USER_ROLES.find((one) => one === roles["otherwise"]) ?? null;
  if (map.size === 0 && otherwise === null) {
    const cure = "Name groups and their roles in roles.map, or a role for everybody in roles.otherwise.";
    report.key(
      ["oidc", "roles"],
      "oidc.roles: nobody could sign in, since no role is given to anybody",
      cure,
    );
  }
  return { claim: stringOr(roles["claim"], USUAL.claim), map, otherwise };
}

function textAt(
  written: JsonObject,
  key: string,
  references: ReferenceContext,
  report: Reporter,
): string | undefined {
  const value = written[key];
  if (typeof value !== "string") return undefined;
  const found = resolveText(value, references);
  if ("text" in found) return found.text;
  report.value(["oidc", key], `oidc.${key}: ${found.problem}`, found.cure);
  return undefined;
}

function stringOr(value: Json | undefined, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
