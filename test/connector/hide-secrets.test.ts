import { describe, expect, it } from "vitest";
import { formsOf, hideSecrets } from "../../src/connector/hide-secrets.ts";
import type { Said } from "../../src/message/exchange.ts";

const hide = (sent: Said, secrets: readonly string[] = []): Said =>
  hideSecrets({ sent }, formsOf(secrets)).sent;

describe("what is told of an exchange", () => {
  it.each([
    ["https://h.example.com/v1/customers?page=2", "https://h.example.com/v1/customers?page=2"],
    ["https://me:pw@h.example.com/a", "https://•••@h.example.com/a"],
    ["https://h/a?api_key=1&x=2&sig=3", "https://h/a?api_key=•••&x=2&sig=•••"],
    ["https://h/a?code=xyz", "https://h/a?code=•••"],
    ["https://h/a?q=Ab3dE5gH7jK9mN1p", "https://h/a?q=•••"],
    ["https://hooks.example.com/T0/B0/XyZ1a2B3c4D5e6F7g8H9", "https://hooks.example.com/T0/B0/•••"],
    ["https://h/7c1f9a64-05d2-4b8e-9f3a-2d6e8b0c4a11/x", "https://h/•••/x"],
    ["https://h/customers-import-2026-production/x", "https://h/customers-import-2026-production/x"],
    ["https://billing-1a2b3c4d5e6f.internal/x", "https://billing-1a2b3c4d5e6f.internal/x"],
  ])("an address without keys: %s", (address, shown) => {
    expect(hide({ line: `POST ${address}` }).line).toBe(`POST ${shown}`);
  });

  it("an answer's address with the id of what was made, and without keys", () => {
    const location = "https://me:p4ss@h/customers/7c1f9a64-05d2-4b8e-9f3a-2d6e8b0c4a11?token=t0ken";
    const said = { sent: { line: "POST x" }, answered: { line: "201", fields: { location } } };
    expect(hideSecrets(said, []).answered?.fields).toEqual({
      location: "https://•••@h/customers/7c1f9a64-05d2-4b8e-9f3a-2d6e8b0c4a11?token=•••",
    });
  });

  it("in time, whatever a target writes into a header", () => {
    const hostile = ["a", "?", "a://", "?a", "/"].map((part) => `${part.repeat(16_000)} ://x`);
    for (const value of hostile)
      expect(hide({ line: "x", fields: { value } }).fields?.["value"]).toHaveLength(value.length);
  });

  it.each([
    ["authorization", "Bearer abc", "Bearer •••"],
    ["authorization", "abc", "•••"],
    ["proxy-authorization", "Basic YTpi", "Basic •••"],
    ["set-cookie", "sid=1; HttpOnly", "•••"],
    ["x-api-key", "1", "•••"],
    ["X-Auth-Token", "1", "•••"],
    ["webhook-signature", "v1,x", "•••"],
    ["idempotency-key", "m-1.billing.customer", "m-1.billing.customer"],
    ["www-authenticate", 'Bearer realm="billing"', 'Bearer realm="billing"'],
    ["x-request-id", "7f", "7f"],
  ])("a field by its name: %s %s", (name, value, shown) => {
    expect(hide({ line: "x", fields: { [name]: value } }).fields).toEqual({ [name]: shown });
  });

  it("neither a secret of the settings, in whichever form it comes back", () => {
    const secret = 'p"ss/wörd';
    const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
    for (const form of forms) {
      const said = { line: `AUTH ${form}`, fields: { note: form }, body: { text: `a${form}b`, size: 9 } };
      expect(hide(said, [secret])).toEqual({
        line: "AUTH •••",
        fields: { note: "•••" },
        body: { text: "a•••b", size: 9 },
      });
    }
  });

  it("a key of the address where the answer repeats it", () => {
    const shown = hideSecrets(
      {
        sent: { line: "POST https://me:p4ss@h/T0/XyZ1a2B3c4D5e6F7g8H9?sig=abcd" },
        answered: { line: "404", body: { text: "no /T0/XyZ1a2B3c4D5e6F7g8H9?sig=abcd for p4ss", size: 45 } },
      },
      [],
    );
    expect(shown.answered?.body).toEqual({ text: "no /T0/•••?sig=••• for •••", size: 45 });
  });

  it("a secret that is part of another leaves nothing of it", () => {
    expect(hide({ line: "abcdef abcd" }, ["abcd", "abcdef"]).line).toBe("••• •••");
  });

  it("a text that is too short to be one stays readable", () => {
    expect(hide({ line: "a cat" }, ["a"]).line).toBe("a cat");
  });
});
