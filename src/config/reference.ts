/** A part of a text in `tieline.yaml`: as it stands, or to be replaced. */
export type Part =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "env"; readonly name: string; readonly fallback: string | null }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "data"; readonly name: string }
  | { readonly kind: "wrong" };

/**
 * The parts of a text: `${env:NAME}`, `${env:NAME:-default}`, `${file:PATH}`, `${data:NAME}`; `$${` stands for `${`.
 * Done after the YAML was read, so that what is put in can never become a key or another value.
 */
export function parseReferences(text: string): readonly Part[] {
  const parts: Part[] = [];
  let rest = text;
  while (rest !== "") {
    const found = /\$?\$\{/.exec(rest);
    if (found === null) {
      parts.push({ kind: "text", text: rest });
      break;
    }
    const before = rest.slice(0, found.index);
    if (found[0] === "$${") {
      parts.push({ kind: "text", text: `${before}\${` });
      rest = rest.slice(found.index + 3);
      continue;
    }
    if (before !== "") parts.push({ kind: "text", text: before });
    const end = rest.indexOf("}", found.index);
    parts.push(end === -1 ? { kind: "wrong" } : reference(rest.slice(found.index + 2, end)));
    rest = end === -1 ? "" : rest.slice(end + 1);
  }
  return parts;
}

/** Whether a text is one reference and nothing else, without a default: the only form a secret may have. */
export function isPureReference(text: string): boolean {
  const parts = parseReferences(text);
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only === undefined || only.kind === "text" || only.kind === "wrong") return false;
  return only.kind !== "env" || only.fallback === null;
}

function reference(inside: string): Part {
  const env = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inside);
  if (env !== null) return { kind: "env", name: env[1] ?? "", fallback: env[2] ?? null };
  const file = /^file:([^\0]+)$/.exec(inside);
  if (file !== null) return { kind: "file", path: file[1] ?? "" };
  const data = /^data:([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/.exec(inside);
  if (data !== null) return { kind: "data", name: data[1] ?? "" };
  return { kind: "wrong" };
}
