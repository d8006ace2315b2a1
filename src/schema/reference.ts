import type { Ajv2020 } from "ajv/dist/2020.js";
import { HubError } from "../errors.ts";
import { parseJsonFile } from "./json-text.ts";
import { checkedRoot, type SchemaObject } from "./meta.ts";

/** Reads what a `$ref` names: the path of a sibling file, or the address as it stands. Undefined when there is none. */
export type LoadSchema = (ref: string) => unknown;

/** Paths become addresses of one made-up host, so that `$ref` is resolved by the rules for addresses (RFC 3986). */
const BASE = "tieline://schemas/";

export function identityOf(path: string): string {
  return new URL(encodeURI(path), BASE).href;
}

interface Registry {
  readonly ajv: Ajv2020;
  readonly load: LoadSchema | undefined;
  /** Addresses that are known already; asking ajv would compile them before their own references are there. */
  readonly known: Set<string>;
}

/** Loads what a schema refers to, and what that refers to. @throws HubError TL_CONFIG_INVALID when one is not there */
export function addReferenced(registry: Registry, schema: SchemaObject, path: string): void {
  for (const { ref, pointer } of referencesIn(schema, "")) {
    const target = new URL(ref, identityOf(path));
    target.hash = "";
    if (registry.known.has(target.href)) continue;
    const file = fileOf(target);
    const loaded = registry.load?.(file);
    if (loaded === undefined) {
      const place = { file: path, field: pointer };
      throw new HubError("TL_CONFIG_INVALID", `there is no schema ${file}`, {
        place,
        cure: "Correct the $ref.",
      });
    }
    const root = checkedRoot(typeof loaded === "string" ? parseJsonFile(loaded, file) : loaded, file);
    // Before its own references: two schemas may refer to each other.
    registry.known.add(target.href);
    registry.ajv.addSchema({ ...root, $id: target.href });
    addReferenced(registry, root, file);
  }
}

/**
 * The texts of all that a schema refers to, by address; null when one is not there or is not a text of JSON, so that
 * what is wrong with it is still to be told.
 */
export function referencedTexts(
  text: string,
  path: string,
  load: LoadSchema | undefined,
): Readonly<Record<string, string>> | null {
  const texts: Record<string, string> = {};
  const visit = (json: string, file: string): boolean => {
    const schema = parsed(json);
    return schema !== undefined && referencesIn(schema, "").every(({ ref }) => follow(ref, file));
  };
  const follow = (ref: string, file: string): boolean => {
    const target = new URL(ref, identityOf(file));
    target.hash = "";
    if (target.href === identityOf(path) || Object.hasOwn(texts, target.href)) return true;
    const name = fileOf(target);
    const loaded = load?.(name);
    if (typeof loaded !== "string") return false;
    texts[target.href] = loaded;
    return visit(loaded, name);
  };
  try {
    return visit(text, path) ? texts : null;
  } catch {
    // An address that is none.
    return null;
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function fileOf(target: URL): string {
  return target.href.startsWith(BASE) ? decodeURI(target.href.slice(BASE.length)) : target.href;
}

interface Reference {
  readonly ref: string;
  readonly pointer: string;
}

/** Every `$ref` that leaves the file. */
function referencesIn(schema: unknown, pointer: string): readonly Reference[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([name, member]): readonly Reference[] => {
    if (name === "$ref" && typeof member === "string") {
      return member.startsWith("#") ? [] : [{ ref: member, pointer: `${pointer}/$ref` }];
    }
    // Values, not schemas: a `$ref` in them is data.
    if (name === "enum" || name === "const" || name === "examples" || name === "default") return [];
    return referencesIn(member, `${pointer}/${name}`);
  });
}
