/** A node of the library's syntax tree, with all the members that are compiled. */
export interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly position?: number;
  readonly expr?: Node;
  readonly procedure?: Node;
  readonly arguments?: readonly Node[];
  readonly steps?: readonly Node[];
  readonly expressions?: readonly Node[];
  readonly expression?: Node;
  readonly lhs?: Node;
  readonly rhs?: Node;
  readonly condition?: Node;
  readonly then?: Node;
  readonly else?: Node;
  readonly body?: Node;
  readonly thunk?: boolean;
  readonly signature?: { readonly definition: string };
  readonly terms?: readonly { readonly descending: boolean; readonly expression: Node }[];
  readonly pattern?: Node;
  readonly update?: Node;
  readonly delete?: Node;
  readonly group?: { readonly lhs: readonly (readonly [Node, Node])[]; readonly position?: number };
  readonly stages?: readonly Node[];
  readonly predicate?: readonly Node[];
  readonly keepArray?: boolean;
  readonly keepSingletonArray?: boolean;
  readonly consarray?: boolean;
  readonly tuple?: boolean;
  readonly focus?: string;
  readonly index?: string;
  readonly ancestor?: { readonly label: string };
  readonly slot?: { readonly label: string };
}

/** Pairs of an object constructor. */
export function pairs(node: Node): readonly (readonly [Node, Node])[] {
  return node.lhs as unknown as readonly (readonly [Node, Node])[];
}

export function at(node: Node): number {
  return node.position ?? 0;
}

const CHILDREN = [
  "expr",
  "procedure",
  "arguments",
  "steps",
  "expressions",
  "expression",
  "lhs",
  "rhs",
  "condition",
  "then",
  "else",
  "body",
  "terms",
  "pattern",
  "update",
  "delete",
  "group",
  "stages",
  "predicate",
] as const;

/** Every node below and including this one. */
export function walk(node: unknown, visit: (node: Node) => boolean | undefined): void {
  if (Array.isArray(node)) {
    for (const one of node) walk(one, visit);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  if (visit(node as Node) === false) return;
  for (const name of CHILDREN) walk((node as Record<string, unknown>)[name], visit);
}

/** The nodes just below one. */
export function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  for (const name of CHILDREN) {
    walk((node as unknown as Record<string, unknown>)[name], (child) => {
      const isNode = typeof child.type === "string";
      if (isNode) found.push(child);
      // Terms, groups and pairs are no nodes of their own.
      return !isNode;
    });
  }
  return found;
}
