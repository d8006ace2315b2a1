import { HubError } from "../errors.ts";
import type { PushRequest } from "./contract.ts";

/** The media type of a request without its parameters, lower-case. */
export function mediaType(request: PushRequest): string {
  return (request.headers["content-type"] ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

/** @throws TL_MEDIA_TYPE unless the request's type is among `taken`; `application/*+json` counts as JSON */
export function requireMediaType(request: PushRequest, taken: readonly string[]): void {
  const given = mediaType(request);
  const plain = /^application\/[a-z0-9.-]+\+json$/.test(given) ? "application/json" : given;
  if (!taken.includes(given) && !taken.includes(plain)) {
    throw new HubError("TL_MEDIA_TYPE", `the content type must be ${taken.join(" or ")}`, {
      cure: "Set the header Content-Type on the sender, or `mediaTypes` of the source.",
    });
  }
}

/** @throws TL_USAGE unless the request is a POST or PUT */
export function requirePost(request: PushRequest): void {
  if (request.method !== "POST" && request.method !== "PUT") {
    throw new HubError("TL_USAGE", "this address takes POST", { cure: "Send the message with POST." });
  }
}

/** @throws TL_BODY_TOO_LARGE */
export function requireSize(request: PushRequest, limit: number): void {
  if (request.body.byteLength > limit) {
    throw new HubError("TL_BODY_TOO_LARGE", `the body has more than ${limit} bytes`);
  }
}

/** An id a sender gave in a header, fit to be stored and compared. @throws TL_USAGE */
export function eventId(request: PushRequest, header: string): string {
  const id = request.headers[header]?.trim() ?? "";
  if (!/^[\x21-\x7e]{1,255}$/.test(id)) {
    throw new HubError("TL_USAGE", `header ${header} must hold an id of 1 to 255 visible characters`, {
      cure: "Have the sender name each happening there, and repeat the same id when it sends again.",
    });
  }
  return id;
}

/** The headers worth keeping, where the request has them. */
export function keepHeaders(request: PushRequest, names: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = request.headers[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
