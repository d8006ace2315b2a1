import type { UserRole } from "../message/permission.ts";

/** How people sign in at an OpenID provider (OpenID Connect Core 1.0). */
export interface OidcSettings {
  /** The provider's own name, an address of https; http on this machine alone. */
  readonly issuer: string;
  readonly clientId: string;
  /** Never shown, logged or stored; undefined: the provider knows this hub as a public client. */
  readonly clientSecret: string | undefined;
  /** Asked for; `openid` is among them. */
  readonly scopes: readonly string[];
  /** The claim that a new user's name is made of. */
  readonly nameClaim: string;
  readonly roles: {
    /** A claim, or with dots one within another. */
    readonly claim: string;
    /** The role that a value of the claim gives. */
    readonly map: ReadonlyMap<string, UserRole>;
    /** Of who has none of them; null: such a person is refused. */
    readonly otherwise: UserRole | null;
  };
  /** What the button says. */
  readonly label: string;
}
