import type { AstNode } from "../ast.ts";
import type { SourceRef } from "./source.ts";
import type { Facts, Fn, Scope, Value } from "./value.ts";

/** Where an expression is evaluated. */
export interface At {
  /** The context value, `$`. */
  readonly focus: Value;
  readonly scope: Scope;
  /** What is known to be there. */
  readonly facts: Facts;
  /** False in a branch that may not be taken. */
  readonly certain: boolean;
}

/** A place of the input that an expression names. */
export interface Read {
  readonly ref: SourceRef;
  readonly node: AstNode;
  /** Only a step on the way to something below it. */
  readonly through: boolean;
  /** The place it was looked for in, when nothing can be there. */
  readonly missingIn: SourceRef | null;
}

/** What the parts of the evaluation share. */
export interface Tracer {
  readonly root: Value;
  evaluate(node: AstNode, at: At): Value;
  call(functions: readonly Fn[], args: readonly Value[], node: AstNode, at: At): Value;
  read(read: Read): void;
  /** A short name for a description of a computation; the same for the same. */
  id(description: string): string;
  /** A name that nothing else has. */
  unique(): string;
}

/** Nodes of the library's tree that only the analysis reads. */
export interface TraceNode extends AstNode {
  readonly expressions?: readonly AstNode[];
  readonly expression?: AstNode;
  readonly condition?: AstNode;
  readonly then?: AstNode;
  readonly else?: AstNode;
  readonly body?: AstNode;
  readonly thunk?: boolean;
  readonly focus?: string;
  readonly index?: string;
  readonly slot?: { readonly label: string };
  readonly ancestor?: { readonly label: string };
  readonly terms?: readonly { readonly expression: AstNode }[];
  readonly pattern?: AstNode;
  readonly update?: AstNode;
  readonly delete?: AstNode;
  readonly consarray?: boolean;
}

/** A filter or an index bind behind a step. */
export interface Stage {
  readonly type: "filter" | "index";
  readonly expr?: AstNode;
  readonly value?: string;
}
