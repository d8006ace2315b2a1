import { HubError } from "../errors.ts";
import { createObjectLayouts, type ObjectLayouts } from "./object-layout.ts";

/** XML as a flow declares it. */
export interface XmlOptions {
  /**
   * The element that is one record: a name, or a path whose end must match (`IDOC`, `customers/customer`). A name with a
   * prefix (`ns:Customer`) is compared as written, one without by its local name.
   */
  readonly record: string;
  /** Elements that are always arrays, also when there is one: a name or the end of a path, within the record. */
  readonly arrays?: readonly string[];
  /** What the names of attributes begin with; default "@". */
  readonly attributes?: string;
  /** The member for text beside attributes or elements; default "#text". */
  readonly text?: string;
  /** Whether names keep their prefix; default strip. */
  readonly namespaces?: "strip" | "keep";
  readonly encoding?: string;
}

/** A path as a test on the names from the root down. */
export interface XmlPath {
  readonly segments: readonly string[];
  readonly last: string;
}

export interface XmlSetup {
  readonly record: XmlPath;
  readonly arrays: ReadonlyMap<string, readonly XmlPath[]>;
  readonly attributes: string;
  readonly text: string;
  readonly strip: boolean;
  /** Of the values read so far, in whatever document. */
  readonly layouts: ObjectLayouts;
}

/** The options checked and completed. @throws HubError TL_CONFIG_INVALID */
export function setUpXml(options: XmlOptions): XmlSetup {
  const { attributes = "@", text = "#text" } = options;
  const strip = options.namespaces !== "keep";
  if (!/^[^\p{L}_:]/u.test(attributes)) {
    throw new HubError(
      "TL_CONFIG_INVALID",
      "xml: `attributes` must begin with a character that no name begins with",
    );
  }
  if (text === "" || text === "__proto__" || text.startsWith(attributes)) {
    throw new HubError("TL_CONFIG_INVALID", "xml: `text` must be a name unlike those of attributes");
  }
  const arrays = new Map<string, XmlPath[]>();
  for (const path of (options.arrays ?? []).map(parsePath)) {
    const key = strip ? localName(path.last) : path.last;
    arrays.set(key, [...(arrays.get(key) ?? []), path]);
  }
  return {
    record: parsePath(options.record),
    arrays,
    attributes,
    text,
    strip,
    layouts: createObjectLayouts(),
  };
}

function parsePath(path: string): XmlPath {
  const segments = path.replace(/^\//, "").split("/");
  if (segments.some((segment) => !/^[^\s<>&"'=/@#]+$/.test(segment))) {
    throw new HubError("TL_CONFIG_INVALID", "xml: an element path is names joined by `/`");
  }
  return { segments, last: segments.at(-1) ?? "" };
}

/** The name without its prefix. */
export function localName(name: string): string {
  const colon = name.indexOf(":");
  return colon === -1 ? name : name.slice(colon + 1);
}

/**
 * @param names qualified names of the open elements from the root down, the element in question last
 * @param from how many of the first are not to be looked at
 */
export function matchesPath(path: XmlPath, names: readonly string[], from = 0): boolean {
  const { segments } = path;
  if (segments.length > names.length - from) return false;
  for (let back = 1; back <= segments.length; back++) {
    const segment = segments[segments.length - back] ?? "";
    const name = names[names.length - back] ?? "";
    if (name !== segment && (segment.includes(":") || localName(name) !== segment)) return false;
  }
  return true;
}
