import type { Place } from "../message/place.ts";
import { type AstNode, pairsOf } from "./ast.ts";
import { placeAt } from "./position.ts";

/**
 * The key of the pair that makes the member at `pointer`, as far down as the mapping spells it out; undefined when
 * it spells out none of it. A best guess: a member may come from a variable, a function or the input.
 */
export function locateIn(
  source: { readonly path: string; readonly text: string; readonly root: AstNode },
  pointer: string,
): Place | undefined {
  const names = pointer.split("/").slice(1).map(unescaped);
  let within: AstNode = source.root;
  let found: AstNode | undefined;
  for (const name of names) {
    const pair = pairNamed(within, name);
    if (pair === undefined) continue;
    [found, within] = pair;
  }
  if (found === undefined) return undefined;
  return placeAt(source.text, keyStart(source.text, found), source.path);
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The nearest pair of that name at or below a node, level by level. */
function pairNamed(root: AstNode, name: string): readonly [AstNode, AstNode] | undefined {
  const seen = new Set<object>([root]);
  for (let level: object[] = [root]; level.length > 0; ) {
    for (const node of level) {
      const pair = pairsOf(node as AstNode).find(([key]) => key.type === "string" && key.value === name);
      if (pair !== undefined) return pair;
    }
    level = level.flatMap((node) => Object.values(node)).filter(isNew);
  }
  return undefined;

  function isNew(child: unknown): child is object {
    if (typeof child !== "object" || child === null || seen.has(child)) return false;
    seen.add(child);
    return true;
  }
}

/** The opening quote of a text or a name; its position is just behind the closing one. */
export function keyStart(text: string, key: AstNode): number {
  const end = key.position ?? 0;
  const quote = text.charAt(end - 1);
  const start = text.lastIndexOf(quote, end - 2);
  return start < 0 ? Math.max(0, end - 1) : start;
}
