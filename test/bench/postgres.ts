import { Client } from "pg";
import { ask, startPostgres as startPrivate } from "../fakes/postgres.ts";
import { PeerMissing } from "./bench.ts";
import { atEnd } from "./temporary.ts";

/** A PostgreSQL of the bench's own, whose every commit is flushed; and databases of it. */
export interface BenchPostgres {
  readonly url: string;
  /** Makes a database, empty or as a copy of one that nobody uses now. Gives its URL. */
  database(name: string, copyOf?: string): Promise<string>;
  drop(name: string): Promise<void>;
  ask(url: string, text: string): Promise<unknown>;
  /** Asks for one number again and again, over one connection: a new one costs the server more than the question. */
  watch(url: string, text: string): Promise<Watched>;
  end(): Promise<void>;
}

export interface Watched {
  now(): Promise<number>;
  end(): Promise<void>;
}

/** @throws PeerMissing */
export async function startPostgres(): Promise<BenchPostgres> {
  const server = await startPrivate().catch((error: Error) => {
    throw new PeerMissing(error.message);
  });
  const of = (name: string): string => {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    url: server.url,
    async database(name, copyOf = "template0") {
      await ask(server.url, `CREATE DATABASE ${name} TEMPLATE ${copyOf}`);
      return of(name);
    },
    drop: async (name) => {
      await ask(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
    },
    ask,
    async watch(url, text) {
      const client = new Client({ connectionString: url });
      await client.connect();
      return {
        now: async () => Number((await client.query<[unknown]>({ text, rowMode: "array" })).rows[0]?.[0]),
        end: () => client.end(),
      };
    },
    end: atEnd(() => server.close()),
  };
}
