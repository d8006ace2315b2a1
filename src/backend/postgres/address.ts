/** Where a hub's tables are in PostgreSQL, and how the server is spoken to. */
export interface PostgresAddress {
  /** A name, an address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Undefined: the server asks for none, or it stands in `~/.pgpass`. */
  readonly password: string | undefined;
  readonly database: string;
  /** The schema that holds the tables; made by the first start. */
  readonly schema: string;
  readonly tls: Tls;
}

export type Tls =
  | { readonly mode: "none" }
  /** Encrypted, whoever answers. */
  | { readonly mode: "unverified" }
  /** Encrypted, and the server proves who it is. `authority`: path of a PEM file; null: those that Node trusts. */
  | { readonly mode: "verified"; readonly authority: string | null };
