import { Document, isMap, isScalar, isSeq, type Pair } from "yaml";
import { asksStore, lookUpCalls } from "../mapping/look-up-calls.ts";
import type { Json } from "../message/json.ts";
import { codeListPaths } from "./code-list-file.ts";
import { effectiveFlow } from "./effective-flow.ts";
import { expressionModes } from "./expression-modes.ts";
import { type FlowDefinition, readsTopic } from "./flow-definition.ts";
import { valueAt } from "./value-at.ts";
import { type Path, parseYaml } from "./yaml-file.ts";

/**
 * The effective flow as YAML that loads to the same flow: every default is written out and marked as one; what has no
 * value is listed at the end with what that means.
 */
export function explainFlow(definition: FlowDefinition): string {
  const written = parseYaml(definition.file, definition.texts[definition.file] ?? "").value;
  const document = new Document(effectiveFlow(definition, written));
  markDefaults(document.contents, [], written);
  document.comment = [unset(definition), lookUps(definition), modes(definition)]
    .filter((text) => text !== "")
    .join("\n");
  return document.toString({ lineWidth: 0 });
}

/** The effective flow as plain JSON; its files by path, without their texts. */
export function explainFlowJson({ texts, ...definition }: FlowDefinition): Json {
  const expressions = expressionModes({ texts, ...definition });
  return { ...definition, files: Object.keys(texts).sort(), expressions } as unknown as Json;
}

function markDefaults(node: unknown, path: Path, written: Json | undefined): void {
  if (isMap(node)) {
    for (const pair of node.items as Pair[]) {
      markDefaults(pair.value, [...path, isScalar(pair.key) ? String(pair.key.value) : ""], written);
    }
  } else if (isSeq(node) && valueAt(written, ...path) !== undefined) {
    for (const [index, item] of node.items.entries()) markDefaults(item, [...path, index], written);
  } else if ((isScalar(node) || isSeq(node)) && valueAt(written, ...path) === undefined) {
    node.comment = " default";
  }
}

/** How each expression runs, as the lines of a comment. */
function modes(flow: FlowDefinition): string {
  return Object.entries(expressionModes(flow))
    .map(([where, mode]) => ` ${where}: runs ${mode}`)
    .join("\n");
}

/** What each key that is not there means, as the lines of a comment. */
function unset(flow: FlowDefinition): string {
  const meanings: readonly (readonly [unset: boolean, key: string, meaning: string])[] = [
    [flow.schedule === null && flow.guard.rejected !== null, "schedule", "the source is asked all the time"],
    [flow.accepts === null, "accepts", "records are not checked before the mapping"],
    [
      flow.version === null,
      "version",
      flow.carries === "state"
        ? "of two records of one key the later one is the newer"
        : "every record counts",
    ],
    [
      flow.event === null && flow.guard.rejected === null && !readsTopic(flow.source),
      "event",
      "the id the protocol gives, if any",
    ],
    [flow.record === null, "record", "the key names the source record"],
    [flow.map === null, "map", "records cross as they are"],
    [flow.emits === null, "emits", "the result is not checked"],
  ];
  const lines = meanings
    .filter(([absent]) => absent)
    .map(([, key, meaning]) => ` ${key}: not set; ${meaning}`);
  return lines.join("\n");
}

/** What the mapping and the conditions look up, as the lines of a comment. */
function lookUps({ file, map, routes, texts }: FlowDefinition): string {
  const sources = [...(map === null ? [] : [texts[map] ?? ""]), ...routes.flatMap(({ when }) => when ?? [])];
  const calls = sources.flatMap((text) => lookUpCalls(text, file));
  const names = new Set(calls.filter(asksStore).map(({ name }) => `$${name}`));
  const lists = new Set(calls.flatMap(({ code }) => code?.list ?? []));
  return [
    ...(names.size === 0
      ? []
      : [` ${[...names].join(" and ")}: asked of the hub once for a batch; only in the mapping and in when`]),
    ...[...lists].map((list) => {
      const path = codeListPaths(list).find((one) => Object.hasOwn(texts, one)) ?? list;
      return ` $code: ${path}, part of this version`;
    }),
  ].join("\n");
}
