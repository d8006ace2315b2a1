import { describe, expect, it } from "vitest";
import { sameSecret } from "../../src/connector/signature.ts";
import type { WebhookOptions } from "../../src/connector/webhook-settings.ts";
import { at, refusal, request, SECRET, standard, standardHeaders, TIME } from "./webhook-setup.ts";

describe("the form of a webhook request", () => {
  it.each([
    ["text/html", "TL_MEDIA_TYPE"],
    ["", "TL_MEDIA_TYPE"],
    ["application/json; charset=utf-8", "taken"],
    ["Application/JSON", "taken"],
    ["application/cloudevents+json", "taken"],
  ])("content type %j: %s", (type, expected) => {
    expect(refusal(() => standard().receive(request({ ...standardHeaders, "content-type": type })))).toBe(
      expected,
    );
  });

  it("refuses GET, and a body over the limit before it is hashed", () => {
    expect(refusal(() => standard().receive({ ...request(standardHeaders), method: "GET" }))).toBe(
      "TL_USAGE",
    );
    const small = at(TIME, { scheme: "standard", secrets: [SECRET], limit: 10 });
    expect(refusal(() => small.receive(request(standardHeaders)))).toBe("TL_BODY_TOO_LARGE");
  });
});

describe("webhook options that make no scheme", () => {
  const secrets = ["long enough"];
  it.each<[string, WebhookOptions]>([
    ["hex without a header", { scheme: "hex", secrets }],
    ["a prefix for Standard Webhooks", { scheme: "standard", secrets, prefix: "x" }],
    [
      "a time that is not signed",
      { scheme: "hex", secrets, header: "x", timestampHeader: "t", content: "{body}" },
    ],
    [
      "a signed time without its header",
      { scheme: "hex", secrets, header: "x", content: "{timestamp}.{body}" },
    ],
    ["a signed id without its header", { scheme: "hex", secrets, header: "x", content: "{id}.{body}" }],
    ["a content without the body", { scheme: "hex", secrets, header: "x", content: "{id}" }],
    ["a secret of four bytes", { scheme: "standard", secrets: ["whsec_AAAAAA=="] }],
  ])("%s", (_, options) => {
    expect(refusal(() => at(0, options))).toBe("TL_CONFIG_INVALID");
  });
});

it("two secrets are the same only when they are", () => {
  expect(sameSecret("abc", "abc")).toBe(true);
  expect(sameSecret("abc", "abd")).toBe(false);
  expect(sameSecret("abc", "abcd")).toBe(false);
});
