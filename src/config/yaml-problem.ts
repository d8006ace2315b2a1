import type { ErrorCode } from "yaml";

/**
 * What is wrong with a text that is not YAML, in words of our own: the parser's quote the text, which may be a secret.
 */
const PROBLEMS: Partial<Record<ErrorCode, readonly [message: string, cure: string]>> = {
  BAD_ALIAS: ["`*` begins a reference to an anchor that is not there", "Put the value in quotes."],
  BAD_DQ_ESCAPE: ["not an escape sequence of YAML", "Use single quotes, or double the backslash."],
  BAD_INDENT: ["the indentation does not fit", "Align the keys of one map; indent with spaces."],
  BAD_SCALAR_START: ["a value cannot begin with this character", "Put the value in quotes."],
  BLOCK_AS_IMPLICIT_KEY: ["a map cannot begin here", "Put a value that holds `: ` in quotes."],
  DUPLICATE_KEY: ["this key stands twice in one map", "Remove one of the two."],
  MISSING_CHAR: ["a closing quote, bracket, comma or colon is missing", "Look at the line before, too."],
  MULTILINE_IMPLICIT_KEY: ["a key needs a colon and a blank behind it", "Write `key: value`."],
  MULTIPLE_DOCS: ["the file holds several documents", "Remove the line `---`."],
  RESOURCE_EXHAUSTION: ["nested too deeply, or too many aliases", "Write the values out."],
  TAB_AS_INDENT: ["a tab stands where blanks must", "Indent with spaces."],
  TAG_RESOLVE_FAILED: ["`!` begins a tag, which is not used here", "Put the value in quotes."],
  UNEXPECTED_TOKEN: ["something unexpected stands here", "Put a value with special characters in quotes."],
};

export function yamlProblem(code: ErrorCode): { readonly message: string; readonly cure: string } {
  const [message, cure] = PROBLEMS[code] ?? ["this is not YAML", "Compare with the examples in mappings/."];
  return { message: `not valid YAML: ${message}`, cure };
}
