import { Client } from "pg";
import type { Part } from "../../store/lane-table.ts";
import type { PostgresAddress } from "./address.ts";
import { clientConfig } from "./client.ts";
import { connectFailure } from "./connect-failure.ts";
import { lockShared, lockWorker, oneAtATime } from "./lock.ts";
import { migrate } from "./migrate.ts";
import { checkServer } from "./server-check.ts";
import { type Sql, sqlOver } from "./sql.ts";
import { ownLife } from "./worker.ts";

/** The one connection of this process that writes. */
export interface Session {
  readonly sql: Sql;
  /** Id of this process in the store. */
  readonly worker: number;
  /** Mark of the last transaction that this process committed before this session began. */
  readonly mark: string;
  /** True when the tables were made by this session. */
  readonly fresh: boolean;
  begin(): void;
  /** Ends a transaction that has only read; what begins next need not wait for it. */
  leave(): void;
  /** Whether a statement since `begin` may have written. */
  wrote(): boolean;
  /** What a statement that nobody waited for failed with, since `begin`; null while none has. */
  failure(): unknown;
  /** Runs several statements without values, in one journey. Gives what each was. */
  script(text: string): Promise<readonly string[]>;
  alive(): boolean;
  /** Gives it up, as if the connection had been lost. */
  abandon(): void;
  close(): Promise<void>;
}

/**
 * Settings of the writing connection. Its statements find their rows by index, one by one, whatever the planner knows of
 * tables that have just begun to grow. A lock that another session holds, a client that was cut off and a hub that stands
 * still in a transaction end after seconds, not hours; the hub first, so that others outlast its locks.
 */
const SETTINGS = [
  ...["enable_seqscan = off", "enable_hashjoin = off", "enable_mergejoin = off", "enable_material = off"],
  ...["jit = off", "max_parallel_workers_per_gather = 0", "plan_cache_mode = force_generic_plan"],
  ...["lock_timeout = '8s'", "idle_in_transaction_session_timeout = '5s'"],
  ...["tcp_keepalives_idle = 10", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 3"],
];

/**
 * Connects, looks at the server, and brings the tables up to date.
 *
 * @param who id that this process has from before; at its start, what it is for: then it gets one
 * @param ended called once when the connection is lost
 * @throws HubError TL_CONFLICT while a store is moved there, TL_CONFIG_INVALID, TL_STORE_FAILED
 */
export async function openSession(
  address: PostgresAddress,
  who: number | Part,
  ended: () => void,
): Promise<Session> {
  // Statements go out without waiting for the answers to those before: a transaction is a few journeys, not one for each.
  const client = new Client({ ...clientConfig(address, "tieline engine"), pipeline: true });
  let alive = false;
  const lose = (): void => {
    if (!alive) return;
    alive = false;
    ended();
  };
  client.on("error", lose);
  client.on("end", lose);
  const close = async (): Promise<void> => {
    alive = false;
    await client.end().catch(() => undefined);
  };
  try {
    await client.connect();
    await checkServer(client);
    await lockShared(client, address);
    if (typeof who === "number") await lockWorker(client, address, who);
    const fresh = await oneAtATime(client, address, () => migrate(client, address.schema));
    await client.query(SETTINGS.map((one) => `SET ${one}`).join("; "));
    const worker = typeof who === "number" ? who : await register(client, who);
    if (typeof who !== "number") await lockWorker(client, address, worker);
    const mark =
      (await client.query("SELECT mark FROM mark WHERE worker = $1", [worker])).rows[0]?.mark ?? "";
    alive = true;
    const abandon = (): void => {
      lose();
      void close();
    };
    return { worker, mark, fresh, ...statements(client), alive: () => alive, abandon, close };
  } catch (error) {
    await close();
    throw connectFailure(error);
  }
}

async function register(client: Client, { lanes, duty }: Part): Promise<number> {
  const { host, pid, began } = ownLife();
  const { rows } = await client.query(
    `INSERT INTO worker (works, duty, host, pid, began, until) VALUES ($1, $2, $3, $4, $5, clock_timestamp())
     RETURNING id`,
    [Number(lanes), Number(duty), host, pid, began],
  );
  return rows[0]?.id as number;
}

function statements(
  client: Client,
): Pick<Session, "sql" | "begin" | "leave" | "wrote" | "failure" | "script"> {
  let wrote = false;
  let begun = 0;
  let failure: unknown = null;
  const sent = (statement: Promise<unknown>): void => {
    const of = begun;
    statement.catch((error: unknown) => {
      if (of === begun) failure ??= error;
    });
  };
  return {
    sql: sqlOver(client, {
      sent,
      before: (writes) => {
        wrote ||= writes;
      },
    }),
    begin() {
      wrote = false;
      failure = null;
      begun += 1;
      // A plan is made for tables as large as they were then; so all are made again whenever as much was done as before.
      sent(client.query((begun & (begun - 1)) === 0 ? "DISCARD PLANS; BEGIN" : "BEGIN"));
    },
    leave: () => sent(client.query("COMMIT")),
    failure: () => failure,
    wrote: () => wrote,
    async script(text) {
      const found = await client.query(text);
      // Several statements give several results, which the driver's types do not say.
      return [found].flat().map(({ command }) => command);
    },
  };
}
