import { HubError } from "../errors.ts";
import type { DoorFlow } from "./door-flow.ts";

/** @throws HubError TL_MEDIA_TYPE when the type or its charset is not the flow format's */
export function requireMediaType(flow: DoorFlow, contentType: string): void {
  if (flow.knownTypes.has(contentType)) return;
  checkMediaType(flow, contentType);
  // Senders write it in few ways; a set that strangers could fill has a limit.
  if (flow.knownTypes.size < 100) flow.knownTypes.add(contentType);
}

function checkMediaType(flow: DoorFlow, contentType: string): void {
  const [type = "", ...parameters] = contentType
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  if (!flow.format.mediaTypes.includes(type) && !(flow.format.name === "json" && type.endsWith("+json"))) {
    throw new HubError("TL_MEDIA_TYPE", `the content type is not ${flow.format.mediaTypes.join(" or ")}`);
  }
  const charset = parameters
    .find((one) => one.startsWith("charset="))
    ?.slice(8)
    .replaceAll('"', "");
  // XML and EDIFACT declare their own encoding; elsewhere the flow's must be the one sent.
  const declares = flow.format.name === "xml" || flow.format.name === "edifact";
  if (charset === undefined || declares || sameCharset(charset, flow.format.encoding)) return;
  throw new HubError("TL_MEDIA_TYPE", `the charset is not ${flow.format.encoding}`);
}

function sameCharset(sent: string, wanted: string): boolean {
  try {
    return new TextDecoder(sent).encoding === new TextDecoder(wanted).encoding;
  } catch {
    return false;
  }
}
