import { SaxesParser, type SaxesTagPlain } from "saxes";
import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { MAX_DEPTH } from "./json-scan.ts";
import { MAX_ATTRIBUTES } from "./xml-attributes.ts";
import { isDeclaration } from "./xml-name.ts";
import { localName, matchesPath, type XmlSetup } from "./xml-options.ts";
import { isBlank, isLayout } from "./xml-value.ts";

/** An element within a record that is not closed yet. */
interface Open {
  readonly name: string;
  text: string;
  value: Record<string, Json> | undefined;
  hasChildren: boolean;
}

/**
 * The members in which saxes 6 keeps its handlers, set by name. Its `on` sets them by a computed name, and with more
 * than seven of those V8 keeps the parser as a hash table, which halves its speed.
 */
interface SaxHandlers {
  errorHandler: (error: Error) => void;
  doctypeHandler: () => void;
  openTagStartHandler: (tag: { readonly name: string }) => void;
  attributeHandler: () => void;
  openTagHandler: (tag: SaxesTagPlain) => void;
  textHandler: (text: string) => void;
  cdataHandler: (text: string) => void;
  closeTagHandler: () => void;
  commentHandler: () => void;
}

/** Called as records are met; positions are read from the parser meanwhile. */
export interface XmlHandler {
  /** The start tag's name was just read. @param name as written */
  begin(name: string): void;
  /** The end tag was just read, or the record cannot be a value. */
  end(value: Json | undefined, error: HubError | undefined): void;
  /** Something outside of records ended. */
  progress(): void;
}

/** A well-formedness check and record builder in one; fed with text in pieces of any size. */
export interface XmlParser {
  /** @throws HubError TL_DECODE_FAILED, TL_TOO_DEEP: the document as a whole is wrong */
  write(text: string): void;
  /** @throws HubError TL_FILE_TRUNCATED when the document is not complete */
  close(): void;
  /** UTF-16 units read so far, including the character that led to the present call. */
  position(): number;
  line(): number;
}

/**
 * Reads XML 1.0 strictly (saxes) and builds one JSON value for each record: an element with text alone is a string; one
 * with attributes or elements an object; repeated elements and those in `arrays` are arrays; text beside others is in
 * `#text`; an empty element is "". Blank text between elements, and blank text with a line end, is layout and dropped.
 * Refused: DOCTYPE (so no entity but the five predefined and character references), more than 64 levels, more than 1000
 * attributes, prefixes that are not declared.
 * @param lone the text is a record cut out of its document: prefixes may have been declared outside
 */
export function createXmlParser(setup: XmlSetup, handler: XmlHandler, lone: boolean): XmlParser {
  const sax = new SaxesParser({ xmlns: false });
  const handlers = sax as unknown as SaxHandlers;
  /** Names of all open elements as written. */
  const names: string[] = [];
  /** Prefixes that open elements declare, and the depth of each such element. */
  const declared: { readonly depth: number; readonly prefixes: ReadonlySet<string> }[] = [];
  const open: Open[] = [];
  /** The innermost of them. */
  let current: Open | undefined;
  let attributeCount = 0;
  let recordError: HubError | undefined;

  handlers.errorHandler = (error) => {
    throw notWellFormed(error.message);
  };
  handlers.doctypeHandler = () => {
    throw fail(
      "a DOCTYPE is not taken",
      "Have the sender leave it out; entities and external subsets are a risk.",
    );
  };
  handlers.openTagStartHandler = (tag) => {
    names.push(tag.name);
    if (names.length > MAX_DEPTH) {
      throw new HubError("TL_TOO_DEEP", `nested deeper than ${MAX_DEPTH} levels`, spot());
    }
    if (current === undefined) {
      if (!isRecord(tag.name)) return;
      handler.begin(tag.name);
      recordError = undefined;
    }
    current = { name: nameOf(tag.name), text: "", value: undefined, hasChildren: false };
    open.push(current);
  };
  handlers.attributeHandler = () => {
    attributeCount++;
    if (attributeCount > MAX_ATTRIBUTES) throw fail(`an element has more than ${MAX_ATTRIBUTES} attributes`);
  };
  handlers.openTagHandler = onOpenTag;
  handlers.textHandler = onText;
  handlers.cdataHandler = onText;
  handlers.closeTagHandler = onCloseTag;
  handlers.commentHandler = () => handler.progress();

  return {
    write: (text) => {
      sax.write(text);
    },
    close: () => {
      sax.close();
    },
    position: () => sax.position,
    line: () => sax.line,
  };

  function isRecord(name: string): boolean {
    if (lone) return names.length === 1;
    const { last } = setup.record;
    return name.endsWith(last) && matchesPath(setup.record, names);
  }

  function nameOf(name: string): string {
    return setup.strip ? localName(name) : name;
  }

  function onOpenTag(tag: SaxesTagPlain): void {
    const hasAttributes = attributeCount > 0;
    attributeCount = 0;
    if (hasAttributes) takeAttributes(tag.attributes);
    checkPrefix(tag.name);
    if (!hasAttributes) return;
    for (const name in tag.attributes) if (!isDeclaration(name)) checkPrefix(name);
  }

  function takeAttributes(attributes: Readonly<Record<string, string>>): void {
    let prefixes: Set<string> | undefined;
    for (const name in attributes) {
      const text = attributes[name] ?? "";
      const declares = isDeclaration(name);
      if (declares && name.length > 5) {
        if (text === "") throw fail("a namespace prefix is declared without a namespace");
        prefixes ??= new Set();
        prefixes.add(name.slice(6));
      }
      if (current === undefined || (declares && setup.strip)) continue;
      current.value ??= {};
      const member = setup.attributes + (declares ? name : nameOf(name));
      if (Object.hasOwn(current.value, member)) reject("two attributes differ only in their prefix");
      current.value[member] = text;
    }
    if (prefixes !== undefined) declared.push({ depth: names.length, prefixes });
  }

  function checkPrefix(name: string): void {
    const colon = name.indexOf(":");
    if (colon === -1) return;
    const prefix = name.slice(0, colon);
    if (colon === 0 || colon === name.length - 1 || name.includes(":", colon + 1) || prefix === "xmlns") {
      throw fail("a name has its colon in the wrong place");
    }
    if (lone || prefix === "xml" || declared.some(({ prefixes }) => prefixes.has(prefix))) return;
    throw fail("a namespace prefix is not declared");
  }

  function onText(text: string): void {
    if (current !== undefined) current.text += text;
  }

  function onCloseTag(): void {
    const element = open.pop();
    if (element === undefined) {
      leave();
      handler.progress();
      return;
    }
    const value = builtValue(element);
    const parent = open[open.length - 1];
    current = parent;
    if (parent === undefined) handler.end(recordError === undefined ? value : undefined, recordError);
    else attach(parent, element.name, value);
    leave();
  }

  function leave(): void {
    if (declared.at(-1)?.depth === names.length) declared.pop();
    names.pop();
  }

  function builtValue(element: Open): Json {
    const { text, value } = element;
    if (value === undefined) return isLayout(text) ? "" : text;
    const counts = element.hasChildren ? !isBlank(text) : text !== "" && !isLayout(text);
    if (counts && Object.hasOwn(value, setup.text)) reject("an element has the name that text is given");
    if (counts) value[setup.text] = text;
    return value;
  }

  function attach(parent: Open, name: string, value: Json): void {
    if (name === "__proto__") {
      reject("an element is named __proto__, which is not safe");
      return;
    }
    parent.value ??= {};
    parent.hasChildren = true;
    const earlier = Object.hasOwn(parent.value, name) ? parent.value[name] : undefined;
    if (Array.isArray(earlier)) earlier.push(value);
    else if (earlier !== undefined) parent.value[name] = [earlier, value];
    else parent.value[name] = isArray(name) ? [value] : value;
  }

  function isArray(name: string): boolean {
    if (setup.arrays.size === 0) return false;
    // What is around the record does not count, as the record may be read again alone.
    const outside = names.length - open.length - 1;
    return setup.arrays.get(name)?.some((path) => matchesPath(path, names, outside)) ?? false;
  }

  /** The record is wrong, the document goes on. */
  function reject(message: string): void {
    recordError ??= fail(message);
  }

  function fail(message: string, cure?: string): HubError {
    return new HubError("TL_DECODE_FAILED", message, { ...spot(), ...(cure === undefined ? {} : { cure }) });
  }

  function spot(): { readonly place: { readonly line: number; readonly column: number } } {
    return { place: { line: sax.line, column: Math.max(1, sax.columnIndex) } };
  }

  /** The library's messages may quote names from the document; only its fixed words are passed on. */
  function notWellFormed(message: string): HubError {
    const words = message.replace(/^\d+:\d+: /, "").replace(/[:.].*$/s, "");
    if (/^(unclosed tag|unexpected end|document must contain a root)/.test(words)) {
      return new HubError("TL_FILE_TRUNCATED", "the XML ends before its root element is closed", spot());
    }
    return fail(`not well-formed XML: ${KNOWN.has(words) ? words : "syntax error"}`);
  }
}

const KNOWN = new Set([
  "disallowed character",
  "malformed comment",
  "empty entity name",
  "undefined entity",
  "malformed character entity",
  "disallowed character in entity name",
  "disallowed character in tag name",
  "disallowed character in closing tag",
  "disallowed character in attribute name",
  "text data outside of root node",
  "inappropriately located doctype declaration",
  "incorrect syntax",
  "processing instruction without a target",
  "disallowed character in processing instruction name",
  "an XML declaration must be at the start of the document",
  "the XML declaration must appear at the start of the document",
  "XML declaration is incomplete",
  "documents may contain only one root",
  "attribute without value",
  "unquoted attribute value",
  "no whitespace between attributes",
  'the string "]]>" is disallowed in char data',
  "duplicate attribute",
  "weird empty close tag",
  "unexpected close tag",
  "unmatched closing tag",
]);
