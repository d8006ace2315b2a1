/** Where the hub's wake-ups travel, and how the server is spoken to. */
export interface RedisAddress {
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  /** The number of the database; hubs that share a server each have one of their own. */
  readonly database: number;
  /** Undefined: the server's default user. */
  readonly user: string | undefined;
  /** Never shown; undefined: the server asks for none. */
  readonly password: string | undefined;
  readonly tls:
    | { readonly mode: "none" }
    /** The server proves who it is. `authority`: path of a PEM file; null: those that Node trusts. */
    | { readonly mode: "verified"; readonly authority: string | null };
}
