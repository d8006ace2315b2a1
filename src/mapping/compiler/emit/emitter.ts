import { ANY, type Context, type Use, type Value } from "./kind.ts";
import type { Node } from "./node.ts";
import { type Scope, scopeIn, type Variable } from "./scope.ts";

/** What the compiler cannot do, where. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
  readonly node: Node;
  readonly construct: string;

  constructor(node: Node, construct: string) {
    super(construct);
    this.node = node;
    this.construct = construct;
  }
}

export const VALUE: Use = { result: false, open: false };

/** As a sequence that something follows before it becomes a value. */
export const OPEN: Use = { result: false, open: true };

export type Evaluate = (node: Node, context: Context, use: Use) => Value;

/** What is known of the whole mapping before any of it is written. */
export interface Program {
  /** Nothing in it can tell a sequence from another array. */
  readonly unmarked: boolean;
  /** `[…]` is a step of a path somewhere, or behind one: arrays have marks that a path heeds. */
  readonly cons: boolean;
  readonly transforms: boolean;
  /**
   * A value may be a sequence of one within a sequence of one, which each construct that hands it on opens once more:
   * tuples and signatures take a context as it is, and what built-ins give to those that call them is not opened.
   */
  readonly nested: boolean;
  /** `in` is there, which knows one object from another that is equal. */
  readonly tellsApart: boolean;
  /** Names that the mapping binds anywhere. */
  readonly bound: ReadonlySet<string>;
  /** Names of functions of the host, which count before those of the library. */
  readonly hosts: ReadonlySet<string>;
  /** Names of functions of the library and of the host. */
  readonly functions: ReadonlySet<string>;
}

/** The function whose body is being written. */
export interface Unit {
  /** The name of the context of whoever called it. */
  readonly input: string;
  /** The one whose call of itself at the end may be a loop. */
  readonly loop: { readonly variable: Variable; readonly parameters: readonly string[] } | null;
}

/** Writes the code of one mapping. Each construct has a file of its own, which calls `evaluate` for what is in it. */
export class Emitter {
  readonly program: Program;
  readonly evaluate: Evaluate;
  /** Constants beside the code: regular expressions, built-ins, names. */
  readonly constants: string[] = [];
  readonly unsupported: Unsupported[] = [];
  buffer: string[] = [];
  scope: Scope = scopeIn(null);
  unit: Unit = { input: "null", loop: null };
  /** Paths that were read where they can be seen from here, by context and names. */
  readonly paths = new Map<string, Value>();
  /** A predicate stands behind the call that a function ends with. */
  forced = false;
  /** A function of the mapping is being written where it is called. */
  inPlace = false;
  /** Expressions whose value nobody sees. */
  readonly unseen = new WeakSet<Node>();
  /** How many loops and functions are around the code written now. */
  loops = 0;
  /** Offset of what the code written now is for. */
  position = 0;
  #names = 0;
  readonly #shared = new Map<string, string>();

  constructor(program: Program, evaluate: Evaluate) {
    this.program = program;
    this.evaluate = evaluate;
  }

  name(prefix: string): string {
    this.#names++;
    return `${prefix}${this.#names}`;
  }

  line(code: string): void {
    this.buffer.push(code);
  }

  /** What may be stopped, or throw an error of the engine's own, begins here. */
  mark(position = this.position): void {
    if (position > 0) this.line(`meter.at = ${position};`);
  }

  /** The same within an expression. */
  marked(code: string): string {
    return this.position > 0 ? `(meter.at = ${this.position}, ${code})` : code;
  }

  /** A value that is computed here and now. */
  temp(code: string, kinds: number = ANY, more: { input?: boolean; open?: boolean } = {}): Value {
    const js = this.name("t");
    this.line(`const ${js} = ${code};`);
    return { js, kinds, input: more.input ?? false, ...(more.open === true ? { open: true } : {}) };
  }

  /** A constant of the module; the same code is one constant. */
  constant(code: string, prefix = "c"): string {
    const known = this.#shared.get(code);
    if (known !== undefined) return known;
    const js = this.name(prefix);
    this.#shared.set(code, js);
    this.constants.push(`const ${js} = ${code};`);
    return js;
  }

  /** A context that is new here; what tells whether it is an object is written in when it is asked. */
  context(js: string, kinds: number, input: boolean): Context {
    const slot = this.buffer.length;
    this.line("");
    return { js, kinds, input, test: { name: null, slot, buffer: this.buffer } };
  }

  /** The code that tells whether the context is an object. */
  isObject(context: Context): string {
    const { test, js } = context;
    const code = `typeof ${js} === "object" && ${js} !== null && !Array.isArray(${js})`;
    if (test === null) return `(${code})`;
    if (test.name === null) {
      test.name = this.name("k");
      test.buffer[test.slot] = `const ${test.name} = ${code};`;
    }
    return test.name;
  }

  /** Code that may not run, or not once: what it binds is not bound for sure afterwards. */
  branch<T>(write: () => T): T {
    const before = this.#definite();
    const paths = new Set(this.paths.keys());
    const result = write();
    for (const path of this.paths.keys()) if (!paths.has(path)) this.paths.delete(path);
    for (const variable of this.#definite()) if (!before.has(variable)) variable.definite = false;
    return result;
  }

  /** A scope of its own. */
  within<T>(scope: Scope, write: () => T): T {
    const outer = this.scope;
    this.scope = scope;
    try {
      return write();
    } finally {
      this.scope = outer;
    }
  }

  /** Code that goes to a buffer of its own. */
  apart(write: () => void): string {
    const outer = this.buffer;
    this.buffer = [];
    try {
      write();
      return this.buffer.filter((line) => line !== "").join("\n");
    } finally {
      this.buffer = outer;
    }
  }

  /** Code that may run many times. */
  repeated<T>(write: () => T): T {
    this.loops++;
    try {
      return this.branch(write);
    } finally {
      this.loops--;
    }
  }

  /** A function of a context, and perhaps a tuple, as code: `(x) => { … }`. */
  arrow(parameters: string, write: () => Value): string {
    const body = this.repeated(() =>
      this.apart(() => {
        const value = write();
        this.line(`return ${value.js};`);
      }),
    );
    return `(${parameters}) => {\n${body}\n}`;
  }

  /** A function of one member, under a name that no other has: what was read of one is not true of another. */
  ofMember(input: boolean, write: (member: Context) => Value): string {
    const js = this.name("x");
    return this.arrow(js, () => write(this.context(js, ANY, input)));
  }

  #definite(): Set<Variable> {
    const found = new Set<Variable>();
    for (let scope: Scope | null = this.scope; scope !== null; scope = scope.parent)
      for (const variable of scope.variables.values()) if (variable.definite) found.add(variable);
    return found;
  }
}

/** A text of the mapping as code. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** Names that every object inherits: they are looked up among its own members only. */
const INHERITED = new Set([...Object.getOwnPropertyNames(Object.prototype), "__proto__"]);

/** The member of something that is an object for sure. */
export function memberOf(js: string, name: string): string {
  if (INHERITED.has(name)) return `own(${js}, ${quoted(name)})`;
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? `${js}.${name}` : `${js}[${quoted(name)}]`;
}
