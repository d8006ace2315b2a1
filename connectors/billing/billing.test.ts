import { createHmac } from "node:crypto";
import type { PushRequest } from "tieline/connector";
import { describe, expect, it } from "vitest";
import { describeConnector, NOW } from "../../test/conformance/connector.ts";
import billing from "./index.ts";

const SECRET = `whsec_${Buffer.alloc(24, 5).toString("base64")}`;
const BODY = '{"invoice":"R-1", "total":"12.50"}';

function signed(body = BODY, seconds = NOW / 1000, secret = Buffer.alloc(24, 5)): PushRequest {
  const mac = createHmac("sha256", secret).update(`inv-1.${seconds}.${body}`).digest("base64");
  return {
    method: "POST",
    url: "/in/billing/invoices",
    headers: {
      "content-type": "application/json",
      "webhook-id": "inv-1",
      "webhook-timestamp": String(seconds),
      "webhook-signature": `v1,${mac}`,
    },
    body: Buffer.from(body),
  };
}

const { "webhook-signature": _, ...unsigned } = signed().headers;
const hex = createHmac("sha256", "customer-secret").update(BODY).digest("hex");
const github = (signature: string): PushRequest => ({
  ...signed(),
  headers: { "content-type": "application/json", "x-hub-signature-256": signature },
});

describeConnector("billing", billing, {
  settings: ({ url }) => ({
    webhooks: {
      invoices: { scheme: "standard" as const, secrets: [SECRET] },
      customers: {
        scheme: "hex" as const,
        secrets: ["customer-secret"],
        header: "X-Hub-Signature-256",
        prefix: "sha256=",
      },
    },
    endpoints: {
      customer: { url, method: "PUT" as const, idempotent: true, timeout: 500 },
      payment: { url, idempotent: false, timeout: 500 },
    },
  }),
  wrongSettings: [
    { webhooks: { invoices: { scheme: "none", secrets: [SECRET] } } },
    { webhooks: { invoices: { scheme: "standard", secrets: [] } } },
    {
      webhooks: { invoices: { scheme: "standard", secrets: ["a".repeat(9), "b".repeat(9), "c".repeat(9)] } },
    },
    { endpoints: { customer: { url: "http://host" } } },
    { endpoints: { customer: { url: "http://host", idempotent: true, method: "GET" } } },
  ],
  pushes: {
    invoices: {
      request: signed(),
      refused: {
        "another body": {
          request: { ...signed(), body: Buffer.from(`${BODY} `) },
          code: "TL_SIGNATURE_INVALID",
        },
        "no signature": { request: { ...signed(), headers: unsigned }, code: "TL_SIGNATURE_INVALID" },
        "another secret": {
          request: signed(BODY, NOW / 1000, Buffer.alloc(24, 6)),
          code: "TL_SIGNATURE_INVALID",
        },
        "an old request": { request: signed(BODY, NOW / 1000 - 301), code: "TL_SIGNATURE_STALE" },
      },
    },
    customers: {
      request: github(`sha256=${hex}`),
      refused: {
        "a flipped bit": {
          request: github(`sha256=${(hex[0] === "0" ? "1" : "0") + hex.slice(1)}`),
          code: "TL_SIGNATURE_INVALID",
        },
        "no prefix": { request: github(hex), code: "TL_SIGNATURE_INVALID" },
      },
    },
  },
  sinks: ["customer", "payment"],
});

describe("a billing system", () => {
  it("may have webhooks only, endpoints only, or neither", () => {
    const context = { system: "billing", now: () => NOW };
    expect(billing.open({}, context)).toMatchObject({ sources: {}, sinks: {} });
  });
});
