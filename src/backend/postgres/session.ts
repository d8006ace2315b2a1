import { Client } from "pg";
import { HubError } from "../../errors.ts";
import type { PostgresAddress } from "./address.ts";
import { clientConfig } from "./client.ts";
import { codeOf, storeFailure } from "./failure.ts";
import { migrate } from "./migrate.ts";
import { checkServer } from "./server-check.ts";
import { type Sql, sqlOver } from "./sql.ts";

/** The one connection that writes. It holds the lock of the store as long as it lives. */
export interface Session {
  readonly sql: Sql;
  /** Which engine writes; rises with each hub that takes the store over. */
  readonly epoch: number;
  /** Mark of the last transaction that was committed before this session began. */
  readonly mark: string;
  /** True when the tables were made by this session. */
  readonly fresh: boolean;
  begin(): Promise<void>;
  /** Whether a statement since `begin` may have written. */
  wrote(): boolean;
  /** Runs several statements without values, in one journey. Gives what each was. */
  script(text: string): Promise<readonly string[]>;
  alive(): boolean;
  /** Gives it up, as if the connection had been lost. */
  abandon(): void;
  close(): Promise<void>;
}

/** Another hub has become the writer since this one was. */
export class Fenced extends HubError {
  constructor(address: PostgresAddress) {
    super("TL_CONFLICT", `another hub has taken over the store in schema ${address.schema}`, {
      cure: "One hub at a time works on a store: stop the other one, or start this one again when it has ended.",
    });
  }
}

/**
 * Settings of the writing connection. Its statements find their rows by index, one by one, whatever the planner knows of
 * tables that have just begun to grow. A lock that another session holds, a client that was cut off and a hub that stands
 * still in a transaction end after seconds, not hours.
 */
const SETTINGS = [
  ...["enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off", "enable_material = off"],
  ...["jit = off", "max_parallel_workers_per_gather = 0", "plan_cache_mode = force_generic_plan"],
  ...["lock_timeout = '5s'", "idle_in_transaction_session_timeout = '60s'"],
  ...["tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3"],
];

/**
 * Connects, looks at the server, takes the lock and brings the tables up to date.
 *
 * @param epoch that this hub had before; null at its start: then it takes the store over
 * @param ended called once when the connection is lost
 * @throws Fenced, HubError TL_CONFLICT while another hub has the lock, TL_CONFIG_INVALID, TL_STORE_FAILED
 */
export async function openSession(
  address: PostgresAddress,
  epoch: number | null,
  ended: () => void,
): Promise<Session> {
  const client = new Client(clientConfig(address, "tieline engine"));
  let alive = false;
  let wrote = false;
  let begun = 0;
  const lose = (): void => {
    if (!alive) return;
    alive = false;
    ended();
  };
  client.on("error", lose);
  client.on("end", lose);
  try {
    await client.connect();
    await checkServer(client);
    await lock(client, address, epoch);
    const fresh = await migrate(client, address.schema);
    await client.query(SETTINGS.map((one) => `SET ${one}`).join("; "));
    const { mine, mark } = await claim(client, address, epoch);
    alive = true;
    return {
      epoch: mine,
      mark,
      fresh,
      sql: sqlOver(client, (writes) => {
        wrote ||= writes;
      }),
      async begin() {
        wrote = false;
        begun += 1;
        // A plan is made for tables as large as they were then; so all are made again whenever as much was done as before.
        await client.query((begun & (begun - 1)) === 0 ? "DISCARD PLANS; BEGIN" : "BEGIN");
      },
      wrote: () => wrote,
      async script(text) {
        const found = await client.query(text);
        // Several statements give several results, which the driver's types do not say.
        return [found].flat().map(({ command }) => command);
      },
      alive: () => alive,
      abandon() {
        lose();
        client.end().catch(() => undefined);
      },
      async close() {
        alive = false;
        await client.end().catch(() => undefined);
      },
    };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw connectFailure(error);
  }
}

/** Why a connection cannot be opened, with what mends it. */
export function connectFailure(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const code = codeOf(error);
  const cure =
    CURES[code] ?? TEXT_CURES.find(([text]) => error instanceof Error && text.test(error.message))?.[1];
  if (cure === undefined) return storeFailure(error, "the database cannot be opened");
  return new HubError("TL_STORE_FAILED", `the database cannot be opened (${code})`, { cause: error, cure });
}

const AUTHORITY = "Name the file with the server's authority in the URL: ?sslrootcert=PATH.";

/** By SQLSTATE, or the code of the system or of TLS. */
const CURES: Readonly<Record<string, string>> = {
  "28P01": "Correct user and password in `storage` of tieline.yaml.",
  "28000": "Correct the user in `storage` of tieline.yaml, or let it in by pg_hba.conf.",
  "3D000": "Create the database: CREATE DATABASE … OWNER … ENCODING 'UTF8'.",
  "42501":
    "Give the hub's user the right to create a schema in the database: GRANT CREATE ON DATABASE … TO ….",
  ECONNREFUSED: "Start the server, and compare its address with `storage` of tieline.yaml.",
  ENOENT: "Start the server, and compare its socket folder with `storage` of tieline.yaml.",
  ENOTFOUND: "Correct the host in `storage` of tieline.yaml.",
  DEPTH_ZERO_SELF_SIGNED_CERT: AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID: "Write the host in the URL as the server's certificate names it.",
};

/** By what the driver says where it has no code. */
const TEXT_CURES: readonly (readonly [RegExp, string])[] = [
  [
    /does not support SSL/,
    "Switch TLS on at the server, or say in the URL that there is none: ?sslmode=disable.",
  ],
  [
    /password must be a/,
    "The server asks for a password: put a reference to it into `storage` of tieline.yaml.",
  ],
];

/** The session that died with a hub, or with its connection, may hold the lock for a moment longer. */
const LOCK_PATIENCE_MS = 5_000;

async function lock(client: Client, address: PostgresAddress, epoch: number | null): Promise<void> {
  const until = performance.now() + (epoch === null ? LOCK_PATIENCE_MS : 0);
  for (;;) {
    if (await takeLock(client, address.schema)) return;
    if (epoch !== null && (await epochOf(client, address)) !== epoch) throw new Fenced(address);
    if (performance.now() >= until) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new HubError("TL_CONFLICT", `another hub holds the store in schema ${address.schema}`, {
    cure: "Stop the other hub first, or name a schema of its own for this one: postgres://…/database?schema=NAME.",
  });
}

/** The lock of a store belongs to the connection that takes it. False: another one has it. */
export async function takeLock(client: Client, schema: string): Promise<boolean> {
  const text = "SELECT pg_try_advisory_lock(hashtextextended('tieline ' || $1, 0)) AS mine";
  return (await client.query(text, [schema])).rows[0]?.mine === true;
}

async function epochOf(client: Client, address: PostgresAddress): Promise<number> {
  const { rows } = await client.query(`SELECT epoch FROM ${client.escapeIdentifier(address.schema)}.writer`);
  return Number(rows[0]?.epoch);
}

async function claim(
  client: Client,
  address: PostgresAddress,
  epoch: number | null,
): Promise<{ readonly mine: number; readonly mark: string }> {
  const text =
    epoch === null
      ? "UPDATE writer SET epoch = epoch + 1, mark = '' RETURNING epoch, mark"
      : "SELECT epoch, mark FROM writer";
  const row = (await client.query(text)).rows[0] as { epoch: number; mark: string };
  if (epoch !== null && row.epoch !== epoch) throw new Fenced(address);
  return { mine: row.epoch, mark: row.mark };
}
