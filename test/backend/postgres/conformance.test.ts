import { afterAll, beforeAll } from "vitest";
import { openPostgresReads } from "../../../src/backend/postgres/reads.ts";
import { openPostgresStore } from "../../../src/backend/postgres/store.ts";
import { describeAccess } from "../../conformance/access.ts";
import { describeAlertTable } from "../../conformance/alert-table.ts";
import { describeAttempts } from "../../conformance/attempts.ts";
import { describeCrmTables } from "../../conformance/crm-tables.ts";
import { describeErrorGroups } from "../../conformance/error-groups.ts";
import { describeExchanges } from "../../conformance/exchanges.ts";
import { describeQueries } from "../../conformance/queries.ts";
import { describeRetention, describeRetentionState } from "../../conformance/retention.ts";
import { describeStore, type StoreUnderTest } from "../../conformance/store.ts";
import { openPostgres, type TestServer } from "../../fakes/postgres.ts";
import { dropPlace, freshPlace } from "./place.ts";

let server: TestServer;

beforeAll(async () => {
  server = await openPostgres();
}, 120_000);

afterAll(() => server.close(), 120_000);

function never(error: Error): void {
  throw error;
}

const openUnderTest = async (): Promise<StoreUnderTest> => {
  const place = freshPlace(server);
  let { store } = await openPostgresStore(place, never);
  return {
    store,
    async reopen() {
      await store.close();
      ({ store } = await openPostgresStore(place, never));
      return store;
    },
    async dispose() {
      await store.close();
      await dropPlace(server, place);
    },
  };
};

describeStore("postgres", openUnderTest);
describeAlertTable("postgres", openUnderTest);
describeRetention("postgres", openUnderTest);

describeCrmTables("PostgreSQL", async () => {
  const place = freshPlace(server);
  const { store } = await openPostgresStore(place, never);
  const { queries, crm } = openPostgresReads(place);
  return {
    reads: crm,
    transaction: (work) => store.transaction((tx) => work(tx.crm)),
    async close() {
      await queries.close();
      await store.close();
      await dropPlace(server, place);
    },
  };
});

const openBoth = async () => {
  const place = freshPlace(server);
  const { store } = await openPostgresStore(place, never);
  const { queries } = openPostgresReads(place);
  return {
    store,
    queries,
    async dispose() {
      await queries.close();
      await store.close();
      await dropPlace(server, place);
    },
  };
};
describeQueries("postgres", openBoth);
describeAccess("postgres", openBoth);
describeRetentionState("postgres", openBoth);
describeErrorGroups("postgres", openBoth);
describeExchanges("postgres", openBoth);
describeAttempts("postgres", openBoth);
