import type jsonata from "jsonata";
import { HubError } from "../errors.ts";
import type { AstNode } from "./ast.ts";
import { REGEX_SYNTAX } from "./guard.ts";
import { library } from "./library.ts";
import { placeAt, regexStart, tokenStart } from "./position.ts";
import { unwatched } from "./watch.ts";

/** Longest text of a mapping, in UTF-16 units. */
const TEXT_LIMIT = 1_000_000;

interface SyntaxProblem {
  readonly code?: string;
  readonly position?: number;
  readonly token?: unknown;
  readonly message?: string;
}

/** The text as the library's expression and its live syntax tree. @throws HubError TL_MAPPING_INVALID */
export function parseMapping(
  text: string,
  path: string,
): { readonly expression: jsonata.Expression; readonly root: AstNode } {
  if (text.length > TEXT_LIMIT) {
    throw new HubError("TL_MAPPING_INVALID", "the mapping is longer than a million characters", {
      place: { file: path, line: 1, column: 1 },
    });
  }
  try {
    const expression = unwatched(() => library(text));
    return { expression, root: expression.ast() as unknown as AstNode };
  } catch (thrown) {
    throw toSyntaxError(thrown as SyntaxProblem, text, path);
  }
}

function toSyntaxError(problem: SyntaxProblem, text: string, path: string): HubError {
  const { code, position, token } = problem;
  if (code === REGEX_SYNTAX) {
    const place = placeAt(text, regexStart(text, String(token)), path);
    return new HubError("TL_MAPPING_INVALID", "this is not a regular expression", { place });
  }
  if (code === undefined) {
    const place = { file: path, line: 1, column: 1 };
    return new HubError("TL_MAPPING_INVALID", "the mapping is nested too deeply to be read", { place });
  }
  // At the end of the text, and for what has no token, the offset itself is the place.
  const hasToken = position !== undefined && token !== "(end)" && token !== undefined;
  const start = hasToken ? tokenStart(text, position, String(token)) : (position ?? 0);
  const message = `${code}: ${problem.message ?? "not valid"}`.replace("Unexpected end of expression", END);
  return new HubError("TL_MAPPING_INVALID", message, { place: placeAt(text, start, path), cause: problem });
}

const END = "the expression ends too early";
