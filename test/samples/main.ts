/**
 * `npm run test:samples`: files of real systems that nobody here wrote, through the flows of `project/`. SAMPLES names
 * their folder; without one it is `../shared/samples`, and where that is absent all are skipped, counted. Every file
 * is decoded, mapped and judged by the schemas, whose counts must be those of `plan.ts`; then all cross into the CRM of a
 * real hub, and the books of every file must balance.
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { HubError } from "../../src/errors.ts";
import { openFlowFolder } from "../mappings/flow-folder.ts";
import { runFile } from "../mappings/run-file.ts";
import { assembleProject, dropFiles } from "./assemble.ts";
import { crossAll } from "./cross.ts";
import { replayManager } from "./manager.ts";
import { SAMPLES, type Sample } from "./plan.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const folder = resolve(ROOT, process.env["SAMPLES"] ?? "../shared/samples");

if (!existsSync(folder)) {
  console.log(
    `skipped ${SAMPLES.length} of ${SAMPLES.length} samples: there is no folder of them; name one with SAMPLES`,
  );
} else {
  const project = await assembleProject();
  try {
    let failed = 0;
    for (const sample of SAMPLES) if (!(await crosses(project, sample))) failed++;
    console.log(
      `${SAMPLES.length - failed} of ${SAMPLES.length} samples decoded and mapped as expected; now through a hub:`,
    );
    failed += await replayManager(folder);
    failed += await crossAll(project, folder);
    console.log(failed === 0 ? "all books balance" : `${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
  } finally {
    await rm(project, { recursive: true });
  }
}

/** Prints one line: flow, files, records, mapped, rejected by reason. */
async function crosses(project: string, sample: Sample): Promise<boolean> {
  const flow = openFlowFolder(project, sample.flow);
  const files = await dropFiles(project, sample, folder);
  const ends = (await Promise.all(files.map((file) => runFile(flow, file)))).flat();
  const rejected: Record<string, number> = {};
  for (const { result } of ends) {
    if (result instanceof HubError) rejected[result.code] = (rejected[result.code] ?? 0) + 1;
  }
  const wanted = JSON.stringify([sample.records, sample.rejected]);
  const got = JSON.stringify([ends.length, rejected]);
  const bad = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  const verdict = wanted === got ? "ok  " : "FAIL";
  const why = Object.entries(rejected)
    .map(([code, count]) => ` ${code} ${count}`)
    .join("");
  console.log(
    `${verdict} ${sample.flow}: files ${files.length}, records ${ends.length}, mapped ${ends.length - bad}, rejected ${bad}${why}`,
  );
  if (wanted !== got) console.log(`     expected [records, rejected] ${wanted}, got ${got}`);
  return wanted === got;
}
