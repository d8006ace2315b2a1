const LONGEST = 128;
/** Control characters, characters that turn the direction of writing, and those that some file system does not take. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNFIT = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff<>:"|?*]/g;

/** A name that is safe to show and to save under: no folder, no tricks of writing; the ending is kept. */
export function attachmentName(name: string | null, index: number): string {
  const last = (name ?? "").normalize("NFC").split(/[/\\]/).pop() ?? "";
  const plain = last
    .replace(UNFIT, "_")
    .replace(/\s+/g, " ")
    .replace(/^[. ]+|[. ]+$/g, "");
  if (plain === "") return `attachment-${index + 1}`;
  if (plain.length <= LONGEST) return plain;
  const ending = /\.[^.]{1,16}$/.exec(plain)?.[0] ?? "";
  return plain.slice(0, LONGEST - ending.length).replace(/[\ud800-\udbff]$/, "") + ending;
}
