import type { OidcSettings } from "../../config/oidc-settings.ts";
import { isObject, type Json, type JsonObject } from "../../message/json.ts";
import type { UserRole } from "../../message/permission.ts";

/** Who the provider says it is. */
export interface Person {
  /** Issuer and subject, which stay the same whatever else changes. */
  readonly subject: string;
  /** A name that the audit log can use; another person may have it already. */
  readonly name: string;
  /** Null: the claim gives none. */
  readonly role: UserRole | null;
}

/** The roles, from the one that may most. */
const RANK: readonly UserRole[] = ["admin", "engineer", "operator", "viewer", "agent"];

/** Makes a person of a provider's claims. */
export function personIn(
  claims: JsonObject & { readonly iss: string; readonly sub: string },
  { nameClaim, roles }: Pick<OidcSettings, "nameClaim" | "roles">,
): Person {
  const given = [claimAt(claims, roles.claim) ?? []].flat().map((value) => roles.map.get(String(value)));
  return {
    subject: `${claims.iss} ${claims.sub}`,
    name: userName(String(claimAt(claims, nameClaim) ?? claims["email"] ?? claims.sub)),
    role: RANK.find((role) => given.includes(role)) ?? roles.otherwise,
  };
}

/** A claim by its name, or with dots one within another; names may be URLs and hold dots themselves. */
export function claimAt(claims: JsonObject, name: string): Json | undefined {
  if (Object.hasOwn(claims, name)) return claims[name];
  let at: Json | undefined = claims;
  for (const step of name.split(".")) at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  return at;
}

/** Small letters, digits and `. _ @ -`, as names of users are; with room for a number behind it. */
function userName(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9._@-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 60);
  return plain === "" ? "person" : plain;
}
