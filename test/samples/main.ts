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
import { crossMails } from "./mails.ts";
import { replayManager } from "./manager.ts";
import { SAMPLES, type Sample } from "./plan.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const folder = resolve(ROOT, process.env["SAMPLES"] ?? "../shared/samples");

if (!existsSync(folder)) {
  console.log(
    `skipped ${SAMPLES.length} of ${SAMPLES.length} samples: there is no folder of them; name one with SAMPLES`,
  );
} else {
  const project = await assembleProject(folder);
  try {
    let failed = 0;
    for (const sample of SAMPLES) if (!(await crosses(project, sample))) failed++;
    console.log(
      `${SAMPLES.length - failed} of ${SAMPLES.length} samples decoded and mapped as expected; now through a hub:`,
    );
    failed += await replayManager(folder);
    failed += await crossMails(folder);
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
  const read = await Promise.all(files.map((file) => runFile(flow, file).catch(refusalOf)));
  const ends = read.flatMap((one) => (one instanceof HubError ? [] : one));
  const rejected = countCodes(ends.map(({ result }) => result));
  const refused = countCodes(read);
  const wanted = JSON.stringify([sample.records, sample.rejected, sample.refused ?? {}]);
  const got = JSON.stringify([ends.length, rejected, refused]);
  const bad = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  const verdict = wanted === got ? "ok  " : "FAIL";
  const whole = Object.keys(refused).length === 0 ? "" : `, files refused${codesText(refused)}`;
  console.log(
    `${verdict} ${sample.flow}: files ${files.length}, records ${ends.length}, mapped ${ends.length - bad}, rejected ${bad}${codesText(rejected)}${whole}`,
  );
  for (const one of read) if (one instanceof HubError) console.log(`     refused: ${one.describe()}`);
  if (wanted !== got) console.log(`     expected [records, rejected, refused] ${wanted}, got ${got}`);
  return wanted === got;
}

/** Anything but a refusal is a fault of the program. */
function refusalOf(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown;
  throw thrown;
}

function countCodes(results: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of results) {
    if (one instanceof HubError) counts[one.code] = (counts[one.code] ?? 0) + 1;
  }
  return counts;
}

function codesText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([code, count]) => ` ${code} ${count}`)
    .join("");
}
