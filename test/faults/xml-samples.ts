/** A document that no hub may take. */
export interface XmlSample {
  readonly name: string;
  readonly text: string;
}

const BODY = "<customer><id>&x;</id><version>1</version><name>N</name></customer>";

/** What stands in the DOCTYPE; each names or makes the entity `x`. */
const DOCTYPES: readonly string[] = [
  '<!DOCTYPE customer [<!ENTITY x "toast">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "file:///etc/shadow">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "file:///c:/boot.ini">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "file:///proc/self/environ">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "file:///dev/random">]>',
  '<!DOCTYPE customer [<!ENTITY x PUBLIC "any" "http://127.0.0.1:9/x">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "http://169.254.169.254/latest/meta-data/">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "http://127.0.0.1:22/">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "ftp://127.0.0.1/x">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "gopher://127.0.0.1:6379/_FLUSHALL">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "expect://id">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "php://filter/convert.base64-encode/resource=/etc/hosts">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "jar:file:///tmp/a.zip!/b">]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "data:text/plain;base64,dG9hc3Q=">]>',
  '<!DOCTYPE customer SYSTEM "http://127.0.0.1:9/evil.dtd">',
  '<!DOCTYPE customer PUBLIC "-//X//EN" "http://127.0.0.1:9/evil.dtd">',
  '<!DOCTYPE customer [<!ENTITY % p SYSTEM "http://127.0.0.1:9/evil.dtd"> %p;]>',
  '<!DOCTYPE customer [<!ENTITY % p SYSTEM "file:///etc/passwd"><!ENTITY x "%p;">]>',
  `<!DOCTYPE customer [<!ENTITY % a "<!ENTITY x SYSTEM 'file:///etc/hosts'>"> %a;]>`,
  "<!DOCTYPE customer [<!ELEMENT customer ANY><!ENTITY x SYSTEM 'file:///etc/issue'>]>",
  '<!DOCTYPE customer [<!ATTLIST customer a CDATA "b"><!ENTITY x "y">]>',
  '<!DOCTYPE customer [<!NOTATION n SYSTEM "calc.exe"><!ENTITY x SYSTEM "a" NDATA n>]>',
  '<!DOCTYPE customer [<!ENTITY x SYSTEM "\\\\127.0.0.1\\share\\x">]>',
  "<!DOCTYPE customer>",
];

/** 25 documents with a DOCTYPE: external entities, parameter entities, remote DTDs. */
export function doctypeSamples(): readonly XmlSample[] {
  return DOCTYPES.map((doctype, n) => ({
    name: `doctype-${n + 1}`,
    text: `<?xml version="1.0"?>\n${doctype}\n${BODY}`,
  }));
}

/** Documents that cost a careless reader time or memory. */
export function bombSamples(): readonly XmlSample[] {
  const laughs = Array.from({ length: 10 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join(
    "",
  );
  const inside = (text: string): string =>
    `<customer><id>1</id><version>1</version><name>${text}</name></customer>`;
  return [
    { name: "billion-laughs", text: `<!DOCTYPE customer [<!ENTITY l0 "ha">${laughs}]>${inside("&l10;")}` },
    {
      name: "quadratic",
      text: `<!DOCTYPE customer [<!ENTITY q "${"q".repeat(100_000)}">]>${inside("&q;".repeat(50_000))}`,
    },
    { name: "deep-65", text: nested(65) },
    { name: "deep-5000", text: nested(5_000) },
    { name: "deep-100000", text: nested(100_000) },
    {
      name: "attributes",
      text: `<customer ${Array.from({ length: 60_000 }, (_, n) => `a${n}="1"`).join(" ")}><id>1</id></customer>`,
    },
    { name: "open-comments", text: `<customer>${"<!--".repeat(100_000)}</customer>` },
    { name: "open-cdata", text: `<customer><id>${"<![CDATA[".repeat(50_000)}</id></customer>` },
    { name: "two-roots", text: `${inside("a")}${inside("b")}` },
    { name: "truncated", text: inside("N".repeat(200_000)).slice(0, -20) },
    { name: "unknown-entity", text: inside("&nbsp;".repeat(1000)) },
    { name: "null-reference", text: inside("&#0;") },
    { name: "surrogate-reference", text: inside("&#xD800;".repeat(1000)) },
    { name: "unknown-prefix", text: inside("<evil:a/>") },
    { name: "wrong-encoding", text: `<?xml version="1.0" encoding="UTF-16"?>${inside("N")}` },
    { name: "twin-attribute", text: '<customer a="1" a="2"><id>1</id></customer>' },
  ];
}

function nested(depth: number): string {
  return `<customer>${"<a>".repeat(depth)}${"</a>".repeat(depth)}</customer>`;
}
