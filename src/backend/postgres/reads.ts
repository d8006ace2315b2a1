import { Pool } from "pg";
import { HubError } from "../../errors.ts";
import type { CrmReads } from "../../store/crm-reads.ts";
import type { Queries } from "../../store/queries.ts";
import type { PostgresAddress } from "./address.ts";
import { clientConfig } from "./client.ts";
import { crmReads } from "./crm-reads.ts";
import { storeFailure } from "./failure.ts";
import { postgresQueries } from "./queries.ts";
import { type ReadSql, readSqlOver, type SqlValue } from "./sql.ts";

/** People and their tools ask a few questions at once. */
const MOST_CONNECTIONS = 4;

/** Read-only for the server too; statements follow indexes, and one that does not end is ended. */
const OPTIONS = [
  ...["default_transaction_read_only=on", "statement_timeout=10s", "plan_cache_mode=force_custom_plan"],
  ...["enable_seqscan=off", "enable_hashjoin=off", "enable_mergejoin=off", "enable_material=off"],
  ...["jit=off", "max_parallel_workers_per_gather=0"],
];

/**
 * Opens the read ports: a pool of connections that cannot write, which `queries.close` closes. The store must have been
 * opened before, which creates the tables.
 */
export function openPostgresReads(address: PostgresAddress): {
  readonly queries: Queries;
  readonly crm: CrmReads;
} {
  const options = [`search_path=${address.schema}`, ...OPTIONS].map((one) => `-c ${one}`).join(" ");
  const pool = new Pool({ ...clientConfig(address, "tieline reader"), options, max: MOST_CONNECTIONS });
  // An idle connection that is lost is replaced by the next question.
  pool.on("error", () => undefined);
  const sql = guarded(readSqlOver(pool));
  return { queries: postgresQueries(sql, () => pool.end()), crm: crmReads(sql) };
}

/** With the database's failures in the hub's words. */
function guarded(sql: ReadSql): ReadSql {
  const call =
    <Result>(method: (text: string, ...values: SqlValue[]) => Promise<Result>) =>
    async (text: string, ...values: SqlValue[]): Promise<Result> => {
      try {
        return await method(text, ...values);
      } catch (error) {
        throw inWords(error);
      }
    };
  return { all: call(sql.all) as ReadSql["all"], get: call(sql.get) as ReadSql["get"] };
}

/** A question that cannot be answered says nothing about what is stored. */
function inWords(error: unknown): HubError {
  const failure = storeFailure(error, "the database does not answer a question");
  return failure.code === "TL_STORE_FAILED"
    ? new HubError("TL_STORE_FAILED", failure.message, {
        cure: "Ask again in a few seconds; `tieline doctor` looks for the cause.",
        cause: error,
      })
    : failure;
}
