import type { AstNode } from "../../mapping/ast.ts";
import { nodePlace } from "../../mapping/lineage/node-place.ts";
import type { Trace } from "../../mapping/lineage/trace.ts";
import type { Place } from "../../message/place.ts";
import type { SchemaShape } from "../../schema/shape.ts";
import type { Finding } from "../finding.ts";

/** One thing that is wrong with an expression, at a place within its text. */
export interface Judgement {
  readonly severity: Finding["severity"];
  readonly place: Place;
  readonly message: string;
  readonly cure: string;
}

/** An expression with what is known of its input and of what its result must be. */
export interface Judged {
  readonly trace: Trace;
  readonly input: { readonly file: string; readonly shape: SchemaShape } | null;
  readonly output: { readonly file: string; readonly shape: SchemaShape } | null;
}

export function placeOf(node: AstNode, trace: Trace): Place {
  return nodePlace(node, trace);
}

/** `/data/number`, and in words for the whole. */
export function named(pointer: string): string {
  return pointer === "" ? "the record" : pointer;
}
