import { compileMapping } from "../mapping/compile.ts";
import { LOOK_UPS } from "../mapping/look-up-calls.ts";
import type { FlowDefinition } from "./flow-definition.ts";

/** How the JSONata of a flow runs: `native`, or `fallback` with the reasons, by where it stands. */
export function expressionModes(flow: FlowDefinition): Readonly<Record<string, string>> {
  const texts: readonly (readonly [where: string, text: string | null | undefined])[] = [
    ["key", flow.key],
    ["version", flow.version],
    ["event", flow.event],
    ["record", flow.record],
    ["map", flow.map === null ? null : flow.texts[flow.map]],
    ...flow.routes.map(({ to, when }) => [`routes.${to}.when`, when] as const),
  ];
  const modes = texts.flatMap(([where, text]) => {
    if (text === null || text === undefined) return [];
    const functions = where === "map" || where.startsWith("routes.") ? LOOK_UPS : {};
    return [
      [where, compileMapping(text, { path: where, functions, allowFallback: true }).explain()] as const,
    ];
  });
  return Object.fromEntries(modes);
}
