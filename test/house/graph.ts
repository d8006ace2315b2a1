import { fileURLToPath } from "node:url";
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from "dependency-cruiser";

/** The project's folder, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The imports of the program and the connectors, tests left out, judged by `rules`. Imports of types count: a type
 * from above ties a layer to what is above it just as a value does.
 */
export async function importGraph(rules: IFlattenedRuleSet): Promise<ICruiseResult> {
  const { output } = await cruise(["src", "connectors"], {
    baseDir: ROOT,
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "\\.test\\.ts$" },
    enhancedResolveOptions: {
      conditionNames: ["development", "import", "node", "default"],
      exportsFields: ["exports"],
      extensions: [".ts", ".tsx", ".js"],
    },
    validate: true,
    ruleSet: rules,
  });
  if (typeof output === "string") throw new Error("dependency-cruiser answered with text instead of a graph");
  return output;
}

/** No module reaches itself through its imports. */
export const NO_CYCLES: IFlattenedRuleSet = {
  forbidden: [{ name: "no cycles", severity: "error", from: {}, to: { circular: true } }],
};

/** Each broken rule in one line. */
export function violations(graph: ICruiseResult): string[] {
  return graph.summary.violations.map((found) => {
    const round = found.cycle?.map((step) => step.name).join(" -> ");
    return `${found.rule.name}: ${found.from} -> ${round ?? found.to}`;
  });
}
