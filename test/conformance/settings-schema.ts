interface Node {
  readonly description?: string;
  readonly secret?: boolean;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

interface Field {
  readonly path: string;
  readonly node: Node;
}

/** Every field of a settings schema, and the paths of those without a description. */
export function describedFields(schema: unknown): {
  readonly fields: number;
  readonly missing: readonly string[];
} {
  const fields = fieldsOf("", schema as Node);
  return {
    fields: fields.length,
    missing: fields.filter(({ node }) => (node.description ?? "") === "").map(({ path }) => path),
  };
}

/** Paths of fields whose name sounds like a secret but that are not marked as one. */
export function unmarkedSecrets(schema: unknown): string[] {
  return fieldsOf("", schema as Node)
    .filter(({ path, node }) => /(secret|password|token|secrets\[\])$/i.test(path) && node.secret !== true)
    .map(({ path }) => path);
}

function fieldsOf(path: string, node: Node): Field[] {
  const children: Field[] = [
    ...Object.entries(node.properties ?? {}).map(([name, child]) => ({
      path: `${path}/${name}`,
      node: child,
    })),
    ...Object.values(node.patternProperties ?? {}).map((child) => ({ path: `${path}/*`, node: child })),
    ...(node.items === undefined ? [] : [{ path: `${path}[]`, node: node.items }]),
  ];
  return children.flatMap((child) => [child, ...fieldsOf(child.path, child.node)]);
}
