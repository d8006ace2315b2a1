import { isObject, type Json } from "../message/json.ts";
import { identityOf } from "./reference.ts";

/** A schema with the file that its references are relative to. */
export interface Part {
  readonly schema: Json;
  readonly file: string;
}

/** What a `$ref` leads to; undefined when that is not there. */
export function resolveReference(
  ref: string,
  from: Part,
  documents: (file: string) => Json | undefined,
): Part | undefined {
  const base = identityOf("");
  const target = new URL(ref, identityOf(from.file));
  const fragment = decodeURIComponent(target.hash.slice(1));
  target.hash = "";
  if (!target.href.startsWith(base)) return undefined;
  const file = decodeURI(target.href.slice(base.length));
  const document = documents(file);
  if (document === undefined) return undefined;
  const schema =
    fragment === "" || fragment.startsWith("/") ? at(document, fragment) : anchored(document, fragment);
  return schema === undefined ? undefined : { schema, file };
}

function at(document: Json, pointer: string): Json | undefined {
  let value: Json | undefined = document;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = value[Number(name)];
    else
      value = value !== undefined && isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

function anchored(document: Json, anchor: string): Json | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  if (isObject(document) && document["$anchor"] === anchor) return document;
  for (const one of Object.values(document)) {
    const found = anchored(one, anchor);
    if (found !== undefined) return found;
  }
  return undefined;
}
