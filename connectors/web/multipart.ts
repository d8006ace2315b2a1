import { HubError, type PushRequest } from "tieline/connector";
import { utf8 } from "./utf8.ts";

/**
 * The text fields of a `multipart/form-data` body (RFC 7578), in order. Files are not taken.
 * @throws HubError TL_DECODE_FAILED, TL_MEDIA_TYPE for a part with a file, TL_ENCODING_INVALID
 */
export function multipartFields(request: PushRequest): [string, string][] {
  const boundary = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    request.headers["content-type"] ?? "",
  );
  const marker = boundary?.[1] ?? boundary?.[2];
  if (marker === undefined) throw new HubError("TL_DECODE_FAILED", "the content type names no boundary");
  // One byte per character, so that positions in the text are positions in the bytes.
  const text = Buffer.from(request.body).toString("latin1");
  const parts = `\r\n${text}`.split(`\r\n--${marker}`);
  const end = parts.pop();
  if (parts.length === 0 || end === undefined || !/^--[ \t]*(\r\n|$)/.test(end)) {
    throw new HubError("TL_DECODE_FAILED", "the form ends before its last boundary");
  }
  return parts.slice(1).map(readPart);
}

function readPart(part: string): [string, string] {
  const split = part.indexOf("\r\n\r\n");
  if (!/^[ \t]*\r\n/.test(part) || split < 0)
    throw new HubError("TL_DECODE_FAILED", "a part of the form has no head");
  const head = part.slice(0, split);
  const disposition = /\r\ncontent-disposition:[ \t]*form-data([^\r]*)/i.exec(head)?.[1] ?? "";
  if (/;\s*filename\*?=/i.test(disposition)) {
    throw new HubError("TL_MEDIA_TYPE", "the form holds a file; files are not taken", {
      cure: "Leave file fields out of the form.",
    });
  }
  const name = /;\s*name="([^"]*)"/i.exec(disposition)?.[1];
  if (name === undefined) throw new HubError("TL_DECODE_FAILED", "a part of the form has no name");
  return [unescapeName(fromLatin1(name)), fromLatin1(part.slice(split + 4))];
}

/** Browsers write these three characters of a name as percent codes (WHATWG HTML, form submission). */
function unescapeName(name: string): string {
  return name.replace(/%22/g, '"').replace(/%0D/g, "\r").replace(/%0A/g, "\n");
}

function fromLatin1(text: string): string {
  return utf8(Buffer.from(text, "latin1"));
}
