import { defineConnector, HubError, type Sink, type Source } from "tieline/connector";
import { sourceFailure } from "./failure.ts";
import { openMysql } from "./mysql.ts";
import { outbox } from "./outbox.ts";
import { placeOf } from "./place.ts";
import { openPostgres } from "./postgres.ts";
import { readTable } from "./read-table.ts";
import { DatabaseSettings } from "./settings.ts";
import { statement } from "./statement.ts";
import { upsert } from "./upsert.ts";

export default defineConnector({
  name: "database",
  description: "Tables of PostgreSQL, MariaDB and MySQL, read as they change and written row by row",
  settings: DatabaseSettings,
  open: (settings, context) => {
    const place = placeOf(settings, context.dir ?? ".");
    const db = place.kind === "postgres" ? openPostgres(place) : openMysql(place);
    const sources: Record<string, Source> = {};
    const sinks: Record<string, Sink> = {};
    for (const [name, options] of Object.entries(settings.read ?? {}))
      sources[name] = readTable(db, options, () => context.now());
    for (const [name, options] of Object.entries(settings.outbox ?? {})) {
      refuseTwice(sources, name, "read and outbox");
      sources[name] = outbox(db, options);
    }
    for (const [name, options] of Object.entries(settings.upsert ?? {})) sinks[name] = upsert(db, options);
    for (const [name, options] of Object.entries(settings.run ?? {})) {
      refuseTwice(sinks, name, "upsert and run");
      sinks[name] = statement(db, options);
    }
    return {
      sources,
      sinks,
      async check() {
        await db.query("SELECT 1 AS one", []).catch((error: unknown) => {
          throw sourceFailure(error);
        });
      },
      close: () => db.close(),
    };
  },
});

function refuseTwice(there: Readonly<Record<string, unknown>>, name: string, where: string): void {
  if (!Object.hasOwn(there, name)) return;
  throw new HubError("TL_CONFIG_INVALID", `${where} both have ${name}`, {
    cure: "Give each a name of its own.",
  });
}
