import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crmReads } from "../../../src/backend/sqlite/crm-reads.ts";
import { CRM_SCHEMA } from "../../../src/backend/sqlite/crm-schema.ts";
import { crmTables } from "../../../src/backend/sqlite/crm-tables.ts";
import { openSql } from "../../../src/backend/sqlite/sql.ts";
import { describeCrmTables } from "../../conformance/crm-tables.ts";

describeCrmTables("SQLite", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tieline-crm-"));
  const writer = openSql(join(folder, "crm.db"), "writer");
  writer.script(CRM_SCHEMA);
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
