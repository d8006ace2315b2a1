import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { importGraph, NO_CYCLES, ROOT, violations } from "./graph.ts";

/** The program's own files, tests left out, relative to the project. */
export function sourceFiles(): string[] {
  return ["src", "connectors"]
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".test.ts"))
    .sort();
}

/** `file:line` of every explicit `any`. */
export function explicitAny(name: string, text: string): string[] {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) {
      found.push(`${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The value below which a share of the numbers lies (nearest rank). */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

async function main(): Promise<void> {
  const files = sourceFiles().map((name) => ({ name, text: readFileSync(join(ROOT, name), "utf8") }));
  const lines = files.map((file) => file.text.split("\n").length - 1);
  const longest = files
    .map((file, index) => ({ name: file.name, lines: lines[index] ?? 0 }))
    .sort((a, b) => b.lines - a.lines)
    .slice(0, 3);
  const anys = files.flatMap((file) => explicitAny(file.name, file.text));
  const cycles = violations(await importGraph(NO_CYCLES));
  const total = lines.reduce((sum, n) => sum + n, 0);
  process.stdout.write(
    [
      `${files.length} files, ${total} lines; per file: median ${percentile(lines, 0.5)}, 95th percentile ${percentile(lines, 0.95)}`,
      `longest: ${longest.map((file) => `${file.name} ${file.lines}`).join(", ")}`,
      `import cycles: ${cycles.length}`,
      ...cycles.map((line) => `  ${line}`),
      `explicit any: ${anys.length}`,
      ...anys.map((line) => `  ${line}`),
      "",
    ].join("\n"),
  );
  if (cycles.length + anys.length > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
