import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SAMPLES, type Sample } from "./plan.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** A project of its own in a temporary folder: the sample flows, the shipped flow for call records, all schemas. */
export async function assembleProject(): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), "tieline-samples-"));
  await cp(join(ROOT, "schemas"), join(project, "schemas"), { recursive: true });
  await cp(join(ROOT, "test/samples/project"), project, { recursive: true });
  await cp(join(ROOT, "mappings/pbx-calls"), join(project, "mappings/pbx-calls"), { recursive: true });
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
