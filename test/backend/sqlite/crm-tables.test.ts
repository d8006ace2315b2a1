import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crmReads } from "../../../src/backend/sqlite/crm-reads.ts";
import { crmTables } from "../../../src/backend/sqlite/crm-tables.ts";
import { migrate } from "../../../src/backend/sqlite/migrate.ts";
import { openSql } from "../../../src/backend/sqlite/sql.ts";
import { describeCrmTables } from "../../conformance/crm-tables.ts";

describeCrmTables("SQLite", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tieline-crm-"));
  const writer = openSql(join(folder, "crm.db"), "writer");
  migrate(writer);
  const reader = openSql(join(folder, "crm.db"), "reader");
  const tables = crmTables(writer);
  return {
    reads: crmReads(reader),
    async transaction(work) {
      writer.script("BEGIN IMMEDIATE");
      try {
        const result = await work(tables);
        writer.script("COMMIT");
        return result;
      } catch (error) {
        writer.script("ROLLBACK");
        throw error;
      }
    },
    async close() {
      reader.close();
      writer.close();
      rmSync(folder, { recursive: true });
    },
  };
});
