import AjvCompiler from "@fastify/ajv-compiler";
import { SerializerSelector } from "@fastify/fast-json-stringify-compiler";
import type { FastifyServerOptions } from "fastify";

type SchemaController = NonNullable<FastifyServerOptions["schemaController"]>;
type Factories = NonNullable<SchemaController["compilersFactory"]>;
type BuildSerializer = NonNullable<Factories["buildSerializer"]>;

/**
 * Fastify's own compilers of schemas, but each schema is compiled with the first request or answer that needs it. All of
 * them together take longer than everything else that happens before a hub listens, and most starts need none.
 */
export function lazyCompilers(): SchemaController {
  return { compilersFactory: { buildValidator: buildValidator as BuildValidator, buildSerializer } };
}

function buildValidator(...[schemas, options]: Parameters<BuildValidator>): (route: Route) => Validate {
  const compiler = lazily(() => AjvCompiler()(schemas, options));
  return (route) => {
    const compiled = lazily(() => compiler()(route) as Validate);
    const validate: Validate = (value) => {
      const judge = compiled();
      const valid = judge(value);
      // Fastify reads the findings from the function that it called.
      validate.errors = judge.errors ?? null;
      return valid;
    };
    return validate;
  };
}

const buildSerializer: BuildSerializer = (schemas, options) => {
  const compiler = lazily(() => SerializerSelector()(schemas, options));
  return (route) => {
    const compiled = lazily(() => compiler()(route));
    return (value) => compiled()(value);
  };
};

type BuildValidator = AjvCompiler.BuildCompilerFromPool;

/** What fastify hands a compiler, which takes it whole whatever its type says. */
interface Route {
  readonly schema: object;
}

interface Validate {
  (value: unknown): unknown;
  errors?: readonly object[] | null;
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
