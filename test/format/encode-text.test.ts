import { expect, test } from "vitest";
import { encodeText } from "../../src/format/encode-text.ts";
import { decodeText } from "../../src/format/encoding.ts";

test.each(["utf-8", "windows-1252", "iso-8859-15", "ibm866"])(
  "text in %s is read back as it was written",
  (name) => {
    const text = name === "ibm866" ? "Привет, Ada\n" : "Zoë kostet 5 €\n";
    const bytes = encodeText(text, name);
    expect(Buffer.from(decodeText(bytes, name)).toString()).toBe(text);
  },
);

test("a character that the encoding lacks is refused by its place, without being quoted", () => {
  expect(() => encodeText("ab☃", "windows-1252")).toThrow("character 3 cannot be written in windows-1252");
});

test("an encoding of several bytes for a character is left to those who have the bytes", () => {
  expect(() => encodeText("a", "shift_jis")).toThrow("text cannot be written in shift_jis here");
});
