/** A node of the library's syntax tree, with the members that are read here. */
export interface AstNode {
  type?: string;
  value?: unknown;
  /** Offset just behind the node's token. */
  readonly position?: number;
  readonly procedure?: AstNode;
  arguments?: readonly AstNode[];
  readonly steps?: readonly AstNode[];
  readonly lhs?: AstNode | readonly (readonly [AstNode, AstNode])[];
  readonly rhs?: AstNode;
  readonly group?: { readonly lhs: readonly (readonly [AstNode, AstNode])[] };
  readonly stages?: readonly unknown[];
  readonly predicate?: readonly unknown[];
  readonly keepArray?: boolean;
  readonly keepSingletonArray?: boolean;
}

/** Every node below and including this one, parents first, each once (`??` and `?:` share theirs). */
export function nodesOf(root: AstNode): readonly AstNode[] {
  const nodes: AstNode[] = [];
  const seen = new Set<object>();
  const waiting: unknown[] = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== "object" || next === null || next instanceof RegExp || seen.has(next)) continue;
    seen.add(next);
    if (!Array.isArray(next)) nodes.push(next);
    for (const child of Object.values(next).reverse()) if (typeof child === "object") waiting.push(child);
  }
  return nodes;
}

/** The pairs of an object constructor, or of grouping; each is key and value. */
export function pairsOf(node: AstNode): readonly (readonly [AstNode, AstNode])[] {
  if (node.type === "unary" && node.value === "{" && Array.isArray(node.lhs)) return node.lhs;
  return node.group?.lhs ?? [];
}

/** The name of the variable that a call names, or undefined when it calls something else. */
export function calledName(node: AstNode): string | undefined {
  const isCall = node.type === "function" || node.type === "partial";
  if (!isCall || node.procedure?.type !== "variable" || typeof node.procedure.value !== "string")
    return undefined;
  return node.procedure.value;
}

/** The variables that the mapping itself binds: by `:=`, as parameters, by `@` and `#`. */
export function boundNames(nodes: readonly AstNode[]): ReadonlyMap<string, AstNode> {
  const names = new Map<string, AstNode>();
  for (const node of nodes) {
    if (node.type === "bind") add(node.lhs as AstNode);
    if (node.type === "lambda") for (const parameter of node.arguments ?? []) add(parameter);
    const { focus, index } = node as { focus?: unknown; index?: unknown };
    for (const name of [focus, index]) if (typeof name === "string") names.set(name, node);
    if (node.type === "index" && typeof node.value === "string") names.set(node.value, node);
  }
  return names;

  function add(variable: AstNode): void {
    if (typeof variable.value === "string") names.set(variable.value, variable);
  }
}
