import { expressionSpan } from "./expression-position.ts";
import type { FlowContext } from "./flow-context.ts";
import { listAt, textAt, valueAt } from "./value-at.ts";
import type { Path } from "./yaml-file.ts";

/** Compiles every JSONata text of the file; mistakes are placed where they stand in it. */
export function checkExpressions({ raw, env, report }: FlowContext): void {
  const routes: Path[] = listAt(raw, "routes").map((_, index) => ["routes", index, "when"]);
  for (const path of [["key"], ["version"], ["event"], ["record"], ...routes] as Path[]) {
    const text = textAt(raw, ...path);
    if (text === undefined || text === "" || (path[0] === "key" && text === "none")) continue;
    const allowFallback = valueAt(raw, "allowFallback") === true;
    const error = env.compileExpression(text, { lookUps: path[0] === "routes", allowFallback });
    if (error === null) continue;
    report.span(
      expressionSpan(report.file, path, error.place),
      `${label(path)}: ${error.message}`,
      error.cure,
    );
  }
}

function label(path: Path): string {
  return path.length === 1 ? String(path[0]) : `routes[${Number(path[1]) + 1}].when`;
}
