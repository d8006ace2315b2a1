import { expect, test } from "vitest";
import { secretValues } from "../../src/config/secret-values.ts";

const schema = {
  type: "object",
  properties: {
    token: { type: "string", secret: true },
    ends: {
      type: "object",
      additionalProperties: {
        type: "object",
        properties: {
          url: { type: "string" },
          password: { anyOf: [{ type: "string", secret: true }, { type: "null" }] },
          headers: { type: "object", additionalProperties: { type: "string" } },
        },
      },
    },
    list: { type: "array", items: { type: "string", secret: true } },
  },
};

const limits = { rate: null, breaker: null };

test("what a connector calls secret is, and what a reference put in that is no place", () => {
  const written = {
    token: `\${env:TOKEN}`,
    ends: {
      one: {
        url: `\${env:URL}`,
        password: `\${file:/run/secrets/x}`,
        headers: { "x-tenant": "7", "x-key": `\${env:KEY}`, "x-host": `\${env:HOST}` },
      },
    },
    list: [`\${data:a}`, `\${data:b}`],
  };
  const settings = {
    token: "t0ken",
    ends: {
      one: {
        url: "https://billing.example.com/in",
        password: "pass",
        headers: { "x-tenant": "7", "x-key": "k3y", "x-host": "db.internal:5432" },
      },
    },
    list: ["a", "b"],
  };
  const found = secretValues(schema, { connector: "x", limits, settings, written });
  expect([...found].sort()).toEqual(["a", "b", "k3y", "pass", "t0ken"]);
});
