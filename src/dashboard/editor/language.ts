import { HighlightStyle, StreamLanguage, type StreamParser, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

/** How far the reader of a line is in what goes over several: a comment, a text, a quoted name. */
interface Within {
  ends: string | null;
}

const WORDS = /^(?:and|or|in|function|true|false|null)\b/;

/** JSONata's words as they are told apart for the eye; what they mean is the hub's to say. */
const parser: StreamParser<Within> = {
  name: "jsonata",
  startState: () => ({ ends: null }),
  token(stream, within) {
    if (within.ends !== null) return goOn(stream, within);
    if (stream.eatSpace()) return null;
    if (stream.match("/*")) return begin(within, "*/", stream);
    const quote = stream.peek();
    if (quote === '"' || quote === "'" || quote === "`") {
      stream.next();
      return begin(within, quote, stream);
    }
    if (stream.match(/^\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/)) return "number";
    if (stream.match(/^\$[A-Za-z_]\w*(?=\s*\()/)) return "builtin";
    if (stream.match(/^\$\$?\w*/)) return "variable";
    if (stream.match(WORDS)) return "keyword";
    if (stream.match(/^[\p{L}_][\p{L}\p{N}_]*/u)) return "property";
    if (stream.match(/^(?::=|\?\?|\?:|!=|<=|>=|~>|\.\.|\*\*|[-+*/%&|=<>?:.^@#~])/)) return "operator";
    stream.next();
    return null;
  },
  languageData: {
    commentTokens: { block: { open: "/*", close: "*/" } },
    closeBrackets: { brackets: ["(", "[", "{", '"', "'"] },
  },
};

type Stream = Parameters<StreamParser<Within>["token"]>[0];

function begin(within: Within, ends: string, stream: Stream): string {
  within.ends = ends;
  return goOn(stream, within);
}

function goOn(stream: Stream, within: Within): string {
  const { ends } = within;
  const style = ends === "*/" ? "comment" : ends === "`" ? "property" : "string";
  while (!stream.eol()) {
    if (ends !== "*/" && stream.eat("\\")) stream.next();
    else if (ends !== null && stream.match(ends)) {
      within.ends = null;
      break;
    } else stream.next();
  }
  return style;
}

const colors = HighlightStyle.define([
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--good)" },
  { tag: tags.number, color: "var(--warn)" },
  { tag: tags.keyword, color: "var(--bad)" },
  { tag: tags.standard(tags.variableName), color: "var(--calm)", fontWeight: "600" },
  { tag: tags.variableName, color: "var(--calm)" },
  { tag: tags.operator, color: "var(--faint)" },
]);

export const jsonata = [StreamLanguage.define(parser), syntaxHighlighting(colors)];
