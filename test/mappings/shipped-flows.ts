import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CODES } from "../../src/config/code-list-file.ts";
import { type FlowDesk, openFlowDesk } from "../../src/flow/flow-desk.ts";

/** The folder of the project that is shipped, absolute. */
export const SHIPPED = new URL("../..", import.meta.url).pathname;

/** The flows of the shipped project: what has a folder in `mappings/`, but for the code lists. */
export function shippedFlows(): readonly string[] {
  return readdirSync(join(SHIPPED, "mappings"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && `mappings/${entry.name}` !== CODES)
    .map(({ name }) => name);
}

/** The code lists of a project, by their paths from its folder; a project may have none. */
export function codeListTexts(project: string): Readonly<Record<string, string>> {
  if (!existsSync(join(project, CODES))) return {};
  const paths = readdirSync(join(project, CODES)).map((list) => `${CODES}/${list}`);
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(project, path), "utf8")]));
}

/** Where a shipped mapping looks things up. */
export function shippedDesk(text: string, path: string): FlowDesk {
  return openFlowDesk([{ text, path }], codeListTexts(SHIPPED));
}
