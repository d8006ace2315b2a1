import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SAMPLES, type Sample } from "./plan.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** Shipped flows that samples cross by. */
const SHIPPED = [
  "pbx-calls",
  "partner-orders-edifact",
  "partner-orders-x12",
  "invoices-cii",
  "bank-payments-camt",
  "bank-payments-mt940",
];

/**
 * A project of its own in a temporary folder: the sample flows, some shipped ones, all schemas. Payments go to the CRM
 * alone there, as no billing system listens.
 * @param samples the folder of samples, where a copybook lies; null: without the flow that needs it
 */
export async function assembleProject(samples: string | null): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "tieline-samples-"));
  await cp(join(ROOT, "schemas"), join(project, "schemas"), { recursive: true });
  await cp(join(ROOT, "test/samples/project"), project, { recursive: true });
  for (const flow of SHIPPED) {
    await cp(join(ROOT, "mappings", flow), join(project, "mappings", flow), { recursive: true });
    const path = join(project, "mappings", flow, "flow.yaml");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(/\n {2}- to: billing\.payment.*/, ""));
  }
  const copybook = "companies_copybook.cpy";
  const companies = join(project, "mappings/cobol-companies");
  if (samples === null) await rm(companies, { recursive: true });
  else await cp(join(samples, "erp/cobol", copybook), join(companies, copybook));
  await Promise.all(SAMPLES.map(({ drop }) => mkdir(join(project, "drop", drop), { recursive: true })));
  return project;
}

/** Puts the files of one sample into its drop folder; answers with their paths. */
export async function dropFiles(
  project: string,
  sample: Sample,
  samples: string,
): Promise<readonly string[]> {
  const files = await sample.files(samples);
  return Promise.all(
    files.map(async ({ name, content }) => {
      const path = join(project, "drop", sample.drop, name);
      await writeFile(path, content);
      return path;
    }),
  );
}
