import { writeFileSync } from "node:fs";
import { openBench } from "../api/setup.ts";
import { deskWith } from "../browser/desk.ts";
import { operationTypes } from "./operations.ts";

const bench = await openBench({ desk: (crm) => deskWith(crm) });
writeFileSync(new URL("../../src/dashboard/api/operations.ts", import.meta.url), operationTypes(bench.app));
await bench.close();
