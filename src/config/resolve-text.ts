import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { dataSecret } from "./data-secret.ts";
import type { Part } from "./reference.ts";
import { parseReferences } from "./reference.ts";

/** Where references lead. */
export interface ReferenceContext {
  /** The project folder: relative `${file:…}` paths begin there. */
  readonly dir: string;
  /** The data folder; null where `${data:…}` has no meaning. */
  readonly data: string | null;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly createSecrets: boolean;
}

/** What a text becomes, or why it cannot be; never the replaced text in a message. */
export type Resolved = { readonly text: string } | { readonly problem: string; readonly cure: string };

/** Bytes; a secret is never longer, and a mistaken path may be endless. */
const FILE_LIMIT = 65_536;

/** Replaces the references of a text. One line end at the end of a file does not count. */
export function resolveText(text: string, context: ReferenceContext): Resolved {
  if (!text.includes(`\${`)) return { text };
  let whole = "";
  for (const part of parseReferences(text)) {
    const found = resolvePart(part, context);
    if ("problem" in found) return found;
    whole += found.text;
  }
  return { text: whole };
}

/** As `resolveText`, for one part. */
export function resolvePart(part: Part, context: ReferenceContext): Resolved {
  switch (part.kind) {
    case "text":
      return part;
    case "env":
      return variable(part.name, part.fallback, context);
    case "file":
      return fileContent(part.path, context);
    case "data":
      return generated(part.name, context);
    case "wrong":
      return {
        problem: "a reference that is not known",
        cure: `Write \${env:NAME}, \${file:PATH} or \${data:NAME}; $\${ stands for \${ itself.`,
      };
  }
}

function variable(name: string, fallback: string | null, context: ReferenceContext): Resolved {
  const value = context.variables[name];
  // As in a shell, `:-` also stands in for a variable that is empty.
  const text = value === undefined || (value === "" && fallback !== null) ? fallback : value;
  if (text !== null) return { text };
  return {
    problem: `the environment variable ${name} is not set`,
    cure: `Set ${name} where the hub is started, or write \${file:PATH} or \${data:NAME} instead.`,
  };
}

function fileContent(path: string, context: ReferenceContext): Resolved {
  const cure = `Look at the file ${path}: it must be a readable text of at most 64 KiB.`;
  try {
    const full = resolve(context.dir, path);
    const stat = statSync(full);
    if (!stat.isFile() || stat.size > FILE_LIMIT)
      return { problem: `the file ${path} is not a small text file`, cure };
    return { text: readFileSync(full, "utf8").replace(/\r?\n$/, "") };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problem: `the file ${path} cannot be read (${code ?? "unknown"})`, cure };
  }
}

function generated(name: string, { data, createSecrets }: ReferenceContext): Resolved {
  if (data === null)
    return { problem: "the data folder cannot be named by what is in it", cure: "Write a path." };
  try {
    const text = dataSecret(data, name, createSecrets);
    if (text !== "") return { text };
    return {
      problem: `the secret ${name} in the data folder is empty`,
      cure: `Remove secrets/${name} to have a new one made.`,
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      problem: `the secret ${name} in the data folder cannot be read or made (${code ?? "unknown"})`,
      cure: "Give the hub's user the right to read and write its data folder.",
    };
  }
}
