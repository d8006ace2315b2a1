import { library } from "../../library.ts";
import { evaluationTime, meter, spend } from "../../watch.ts";
import { distinct } from "./list.ts";
import { asSequence } from "./mark.ts";
import { type Callable, named, placed } from "./value.ts";

/** What the library checks arguments against, and fills in from the context. */
export interface Signature {
  validate(args: readonly unknown[], context: unknown): unknown[];
}

/** A built-in function of the library, or one of the host's. */
export interface Native {
  readonly name: string;
  readonly implementation: (this: unknown, ...args: unknown[]) => unknown;
  readonly signature?: Signature | undefined;
}

const known = new Map<string, Native>();

/** The library's own function, from the guarded copy, which is loaded with the first that is called. */
export function builtIn(name: string): Native {
  const found = known.get(name) ?? lazyNative(name, () => load(name));
  known.set(name, found);
  return found;
}

function lazyNative(name: string, load: () => Native): Native {
  let loaded: Native | null = null;
  return {
    name,
    get implementation() {
      loaded ??= load();
      return loaded.implementation;
    },
    get signature() {
      loaded ??= load();
      return loaded.signature;
    },
  };
}

function load(name: string): Native {
  const own = OWN[name];
  const { implementation, signature } = library(`$${name}`).evaluate(null) as unknown as Native;
  return { name, implementation: own ?? implementation, signature };
}

/** The library would take its own clock, or look for marks that ours are not. */
const OWN: Readonly<Record<string, Native["implementation"]>> = {
  now(picture, timezone) {
    return builtIn("fromMillis").implementation.call(this, evaluationTime().getTime(), picture, timezone);
  },
  millis: () => evaluationTime().getTime(),
  distinct: (values) => distinct(values),
};

/** A signature in the library's notation, such as `<s-s?:s>`; it is right, since the library read it before. */
export function signatureOf(definition: string): Signature {
  let loaded = signatures.get(definition);
  return {
    validate(args, context) {
      loaded ??= readSignature(definition);
      return loaded.validate(args, context);
    },
  };
}

const signatures = new Map<string, Signature>();

function readSignature(definition: string): Signature {
  const read = library(`function()${definition}{0}`).ast() as unknown as { readonly signature: Signature };
  if (signatures.size < MOST_SIGNATURES) signatures.set(definition, read.signature);
  return read.signature;
}

const MOST_SIGNATURES = 1_000;

/** What the library's functions find as `this`. */
function focus(input: unknown): object {
  return {
    input,
    createSequence: (...members: unknown[]) => asSequence(members),
    environment: {
      get timestamp() {
        return evaluationTime();
      },
    },
  };
}

/** Calls a built-in as the library does: its arguments checked, its failures with their place. */
export function invoke(native: Native, input: unknown, args: unknown[], position: number): unknown {
  meter.at = position;
  spend(8);
  try {
    const checked = native.signature === undefined ? args : native.signature.validate(args, input);
    return native.implementation.apply(focus(input), checked);
  } catch (thrown) {
    throw placed(thrown, position, native.name);
  }
}

/** A built-in as a value. */
export function asValue(native: Native): Callable {
  const within = (input: unknown, args: unknown[]): unknown => {
    spend(8);
    try {
      const checked = native.signature === undefined ? args : native.signature.validate(args, input);
      return native.implementation.apply(focus(input), checked);
    } catch (thrown) {
      throw named(thrown, native.name);
    }
  };
  const callable: Callable = (...args) => within(null, args);
  callable.arity = native.implementation.length;
  callable.within = within;
  const parameters = parametersOf(native.implementation);
  if (parameters !== undefined) {
    callable.parts = {
      count: parameters.length,
      call: (args) => native.implementation.apply(focus(undefined), args),
    };
  }
  return callable;
}

/** The library reads the parameters from the source, and cannot take one with a default. */
function parametersOf(implementation: Native["implementation"]): readonly string[] | undefined {
  const source = implementation.toString();
  const names = (/\(([^)]*)\)/.exec(source)?.[1] ?? "").split(",");
  return names.some((name) => name.includes("=")) ? undefined : names;
}
