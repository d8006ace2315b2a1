/** A request that is all here, read without node's parser. */
export interface WholeRequest {
  readonly method: string;
  readonly url: string;
  /** By name in lower case; none comes twice. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Longer heads are rare, and node's own limit is twice as much. */
const LONGEST_HEAD = 8 * 1024;
const HEAD_END = "\r\n\r\n";
/** Post or put, an address in the characters of RFC 3986, HTTP/1.1. */
const REQUEST_LINE = /^(POST|PUT) (\/[\w\-.~%!$&'()*+,;=:@/?]*) HTTP\/1\.1\r\n/;
/** Header lines without what has to be weighed: an underscore in a name, bytes beyond ASCII, control characters. */
const HEADER_LINES = /^(?:[A-Za-z0-9!#$%&'*+.^`|~-]+:[\t\x20-\x7e]*\r\n)+$/;
const LENGTH = /^\d{1,9}$/;
/** What changes how a request is read or answered is node's business; so is what comes once in a blue moon. */
const SPECIAL = ["transfer-encoding", "expect", "upgrade", "trailer", "te", "set-cookie"] as const;
/** Senders write few names in few ways; a list that strangers could fill has a limit. */
const MOST_NAMES = 200;
const LONGEST_NAME = 64;

const lowerCase = new Map<string, string>();

/**
 * Reads a chunk that is exactly one plain POST or PUT with its length and its whole body. Undefined for everything else:
 * more or less than one request, and whatever is in the least unusual, which a complete parser has to judge. What this
 * function takes, every parser reads in the same way.
 */
export function wholeRequest(chunk: Buffer): WholeRequest | undefined {
  if (chunk[0] !== 0x50) return undefined;
  const end = chunk.indexOf(HEAD_END);
  if (end < 0 || end > LONGEST_HEAD) return undefined;
  const head = chunk.toString("latin1", 0, end + 2);
  const line = REQUEST_LINE.exec(head);
  if (line === null) return undefined;
  const lines = head.slice(line[0].length);
  if (!HEADER_LINES.test(lines)) return undefined;
  const headers = headersOf(lines);
  if (headers === undefined || !isPlain(headers)) return undefined;
  const body = chunk.subarray(end + HEAD_END.length);
  if (Number(headers["content-length"]) !== body.length) return undefined;
  return { method: line[1] ?? "", url: line[2] ?? "", headers, body };
}

/** Undefined when a name comes twice. */
function headersOf(lines: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  let at = 0;
  while (at < lines.length) {
    const colon = lines.indexOf(":", at);
    const end = lines.indexOf("\r\n", colon);
    const name = nameOf(lines.slice(at, colon));
    if (Object.hasOwn(headers, name)) return undefined;
    headers[name] = lines.slice(colon + 1, end).trim();
    at = end + 2;
  }
  return headers;
}

function nameOf(written: string): string {
  let name = lowerCase.get(written);
  if (name === undefined) {
    name = written.toLowerCase();
    if (lowerCase.size < MOST_NAMES && written.length <= LONGEST_NAME) lowerCase.set(written, name);
  }
  return name;
}

function isPlain(headers: Readonly<Record<string, string>>): boolean {
  const { host, connection } = headers;
  if (host === undefined || host === "" || !LENGTH.test(headers["content-length"] ?? "")) return false;
  if (connection !== undefined && connection.toLowerCase() !== "keep-alive") return false;
  return SPECIAL.every((name) => headers[name] === undefined);
}
