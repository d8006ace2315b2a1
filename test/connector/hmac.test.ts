import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { hmac } from "../../src/connector/hmac.ts";

it.each([
  [
    "0b".repeat(20),
    Buffer.from("Hi There"),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  ],
  [
    Buffer.from("Jefe").toString("hex"),
    Buffer.from("what do ya want for nothing?"),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  [
    "aa".repeat(131),
    Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First"),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
])("the key %s gives the code of RFC 4231", (key, message, code) => {
  expect(hmac(Buffer.from(key, "hex"))([message], "hex")).toBe(code);
});

it("gives the codes of the library, for any key, any parts, in hex and base64", () => {
  const part = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.uint8Array({ maxLength: 200 }));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 150 }), fc.array(part, { maxLength: 4 }), (key, parts) => {
      const mac = hmac(key);
      for (const encoding of ["hex", "base64", "hex"] as const) {
        const library = createHmac("sha256", key);
        for (const one of parts) library.update(one);
        expect(mac(parts, encoding)).toBe(library.digest(encoding));
      }
    }),
  );
});

it.each([0, 1, 64 * 1024 - 2, 64 * 1024 - 1, 64 * 1024, 1024 * 1024])(
  "a body of %d bytes is no exception",
  (size) => {
    const key = Buffer.from("a secret of some length");
    const parts = ["a.", Buffer.alloc(size, 97)] as const;
    const library = createHmac("sha256", key).update(parts[0]).update(parts[1]);
    expect(hmac(key)(parts, "hex")).toBe(library.digest("hex"));
  },
);
