import type { Hostile } from "./hostile-expressions.ts";

type Ends = Hostile["ends"];

/** Regular expressions that backtrack for minutes or for ever, with a text that makes them. */
const REGEXES: readonly (readonly [regex: string, subject: string, ends: Ends])[] = [
  ["/^(a+)+$/", "a", "applied"],
  ["/^(a+)+$/i", "a", "applied"],
  ["/^(a|a)*$/", "a", "applied"],
  ["/^(a|aa)+$/", "a", "applied"],
  ["/(a*)*b/", "a", "applied"],
  ["/(x+x+)+y/", "x", "applied"],
  ["/^(([a-z])+.)+[A-Z]([a-z])+$/", "a", "applied"],
  ["/^([a-zA-Z0-9]+\\s?)+$/", "a", "applied"],
  ["/^(\\w+\\.?)+@(\\w+\\.?)+$/", "a", "applied"],
  ["/(.*)*,(.*)*;/", "a", "applied"],
  ["/^(?:a?){16}a{16}b/", "a", "applied"],
  ["/\\s+$/", " ", "applied"],
  ["/^(.+)*:(.+)*$/m", "a", "applied"],
  ["/^(a+)+\\1$/", "a", "refused"],
  ["/(?=(a+)+$)b/", "a", "refused"],
  ["/^(?!(a+)+$)/", "a", "refused"],
  ["/(?<=(a+)+)b/", "a", "refused"],
  ["/(?<n>a+)+\\k<n>b/", "a", "refused"],
  ["/(a{1,20}){1,20}b/", "a", "refused"],
  ["/(\\w{1,30}\\s?){1,30}$/", "a", "refused"],
];

/** Long enough that the square of it is felt, and the exponent of it is never reached. */
const LENGTH = 2_000;

export const HOSTILE_REGEXES: readonly Hostile[] = REGEXES.map(([regex, subject, ends], at) => ({
  name: `regex-${String(at + 1).padStart(2, "0")}`,
  map: `{ "id": id, "kind": "note", "subject": customer,
  "text": $string($contains($pad("", ${LENGTH}, "${subject}") & "!", ${regex})) }`,
  ends,
}));
