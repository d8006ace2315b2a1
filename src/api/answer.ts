import { type ServerResponse, STATUS_CODES } from "node:http";

/** An answer over HTTP that is all here. */
export interface Answer {
  readonly status: number;
  /** Without those that its length and its connection decide. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Statuses whose answers have no body, not even an empty one. */
const BODILESS: readonly number[] = [204, 304];

export function sendAnswer(response: ServerResponse, { status, headers, text }: Answer): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(text) }).end(text);
}

/**
 * An answer as it goes over the wire, written by hand: that costs a fraction of an object for it.
 * @param connection header lines that say whether the connection is kept
 */
export function answerText({ status, headers, text }: Answer, connection: string): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
  const body = BODILESS.includes(status) ? "" : `content-length: ${Buffer.byteLength(text)}\r\n`;
  const end = `${head}${body}date: ${httpDate()}\r\n${connection}\r\n`;
  return body === "" ? end : end + text;
}

let date = "";
let dateUntil = 0;

/** The time to the second; that is how long one text serves. */
function httpDate(): string {
  const now = Date.now();
  if (now >= dateUntil || now < dateUntil - 1000) {
    date = new Date(now).toUTCString();
    dateUntil = now - (now % 1000) + 1000;
  }
  return date;
}
