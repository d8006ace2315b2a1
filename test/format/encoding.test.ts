import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HubError } from "../../src/errors.ts";
import { createEncoder } from "../../src/format/encode.ts";
import { decodeText, detectEncoding, encodingName, transcode } from "../../src/format/encoding.ts";
import { failureOf } from "./support.ts";

async function transcoded(
  bytes: Uint8Array,
  encoding: string,
): Promise<{ text: string; found: string } | HubError> {
  const folder = mkdtempSync(join(tmpdir(), "encoding-"));
  try {
    writeFileSync(join(folder, "in"), bytes);
    const found = await transcode(join(folder, "in"), encoding, join(folder, "out"));
    return { text: readFileSync(join(folder, "out"), "utf8"), found };
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown;
    throw thrown;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();

describe("a file that is transcoded", () => {
  it.each([
    ["utf-8", Buffer.from("ü€\n"), "utf-8", "ü€\n"],
    ["utf-8 with a mark", Buffer.from("\ufeffü"), "utf-8", "ü"],
    ["windows-1252", Buffer.from([0xfc, 0x80, 0x93, 0x81]), "windows-1252", "ü€“\u0081"],
    ["latin1, which is windows-1252", Buffer.from([0xe9, 0x92]), "latin1", "é’"],
    ["iso-8859-15", Buffer.from([0xa4, 0xbd]), "iso-8859-15", "€œ"],
    ["windows-1257", Buffer.from([0xe0, 0xf0, 0xfe]), "windows-1257", "ąšž"],
    ["utf-16le with a mark", Buffer.from("\ufeffäö😀", "utf16le"), "utf-8", "äö😀"],
    ["utf-16be with a mark", utf16be("\ufeffäö😀"), "windows-1252", "äö😀"],
    ["utf-16le without", Buffer.from("äö", "utf16le"), "utf-16le", "äö"],
    ["shift_jis", Buffer.from([0x93, 0xfa, 0x96, 0x7b]), "shift_jis", "日本"],
    [
      "XML that declares its encoding",
      Buffer.from('<?xml version="1.0" encoding="iso-8859-1"?><a>\xe4</a>', "latin1"),
      "utf-8",
      '<?xml version="1.0" encoding="iso-8859-1"?><a>ä</a>',
    ],
    [
      "XML in UTF-16 without a mark",
      utf16be('<?xml version="1.0"?><a>ä</a>'),
      "utf-8",
      '<?xml version="1.0"?><a>ä</a>',
    ],
    ["nothing", Buffer.alloc(0), "windows-1252", ""],
  ])("from %s is UTF-8", async (_, bytes, encoding, text) => {
    expect(await transcoded(bytes, encoding)).toMatchObject({ text });
    const small = Buffer.from(decodeText(bytes, encoding)).toString();
    expect(small.replace(/^\ufeff/, "")).toBe(text);
  });

  it("says which encoding was found", async () => {
    expect(await transcoded(Buffer.from("a"), "latin1")).toMatchObject({ found: "windows-1252" });
    expect(await transcoded(Buffer.from("\ufeffa"), "latin1")).toMatchObject({ found: "utf-8" });
  });

  it("keeps characters whole that lie across chunks", async () => {
    const text = `a${"😀ü€".repeat(200_000)}`;
    expect(await transcoded(Buffer.from(text), "utf-8")).toMatchObject({ text });
    expect(await transcoded(Buffer.from(`\ufeff${text}`, "utf16le"), "utf-8")).toMatchObject({ text });
  });

  it.each([
    ["utf-8", Buffer.from([0x61, 0x0a, 0xc3, 0xbc, 0xc3, 0x28]), 2, 2, 5],
    ["utf-8", Buffer.from([0x61, 0xe2, 0x82]), 1, 2, 2],
    ["utf-8", Buffer.concat([Buffer.from("ü\n".repeat(300_000)), Buffer.from([0xff])]), 300_001, 1, 900_001],
    [
      "utf-8",
      Buffer.concat([Buffer.alloc(256 * 1024 - 1, 97), Buffer.from([0xc3, 0x28])]),
      1,
      262_144,
      262_144,
    ],
    ["utf-16le", Buffer.from([0x61, 0x00, 0x00, 0xd8, 0x61, 0x00]), 1, 2, 3],
    ["utf-16le", Buffer.from([0x61, 0x00, 0x61]), 1, 2, 3],
    ["windows-1257", Buffer.from([0x61, 0x0a, 0xa1]), 2, 1, 3],
  ])("of bad %s (%#) says line, column and byte", async (encoding, bytes, line, column, byte) => {
    const failure = await transcoded(bytes, encoding);
    expect(failure).toMatchObject({
      code: "TL_ENCODING_INVALID",
      message: `byte ${byte} is not valid ${encoding}`,
      place: { line, column },
    });
    if (encoding !== "utf-8")
      expect(failureOf(() => decodeText(bytes, encoding)).place).toEqual({ line, column });
  });
});

describe("the encoding", () => {
  it("is that of the mark, then of the XML declaration, then the one declared", () => {
    const xml = "<?xml version='1.0' encoding='ISO-8859-15' ?>";
    expect(detectEncoding(Buffer.from(`\ufeff${xml}`), "latin1")).toBe("utf-8");
    expect(detectEncoding(Buffer.from(xml), "latin1")).toBe("iso-8859-15");
    expect(detectEncoding(Buffer.from('<?xml version="1.0"?>'), "latin1")).toBe("windows-1252");
    expect(detectEncoding(Buffer.from("a,b"), "utf-8")).toBe("utf-8");
  });

  it.each(["utf-16", "nonsense"])("that an XML declaration falsely calls %s is refused", (label) => {
    const xml = Buffer.from(`<?xml version="1.0" encoding="${label}"?><r/>`);
    expect(failureOf(() => detectEncoding(xml, "utf-8")).code).toBe("TL_ENCODING_INVALID");
  });

  it.each([
    ["504b0304140000000800", "a zip archive"],
    ["1f8b0800000000000003", "packed by gzip"],
    ["425a68393141592653590000", "packed by bzip2"],
    ["fd377a585a000004e6d6", "packed by xz"],
    ["28b52ffd04588100", "packed by zstd"],
    ["377abcaf271c0004", "a 7z archive"],
  ])("of a file that begins with %s is not looked for: it is %s", async (start, what) => {
    const bytes = Buffer.concat([Buffer.from(start, "hex"), Buffer.alloc(100)]);
    for (const encoding of ["utf-8", "windows-1252"]) {
      expect(await transcoded(bytes, encoding)).toMatchObject({
        code: "TL_ENCODING_INVALID",
        message: `the file is ${what}, and the hub unpacks nothing`,
      });
    }
    expect(detectEncoding(Buffer.from("PK1;Müller"), "utf-8")).toBe("utf-8");
  });

  it("must be known", () => {
    expect(failureOf(() => encodingName("klingon")).code).toBe("TL_CONFIG_INVALID");
  });
});

describe("an encoder", () => {
  it.each([
    "windows-1252",
    "iso-8859-15",
    "windows-1257",
    "koi8-r",
    "ibm866",
    "utf-8",
    "utf-16le",
    "utf-16be",
    "shift_jis",
  ])("to %s undoes the decoder, or writes UTF-8", (label) => {
    const encoder = createEncoder(label);
    const sample = label.startsWith("utf") || label === "shift_jis" ? "äß日本😀" : everyCharacter(label);
    const bytes = Buffer.concat([encoder.mark, encoder.encode(sample)]);
    const back = Buffer.from(decodeText(bytes, label === "shift_jis" ? "utf-8" : label)).toString();
    expect(back).toBe(sample);
  });

  it("writes a question mark for what the encoding lacks", () => {
    expect(Buffer.from(createEncoder("latin1").encode("a日b")).toString("latin1")).toBe("a?b");
  });
});

/** All characters that the encoding has. */
function everyCharacter(label: string): string {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  return bytes
    .map((byte) => {
      try {
        return Buffer.from(decodeText(Uint8Array.of(byte), label)).toString();
      } catch {
        return "";
      }
    })
    .join("");
}
