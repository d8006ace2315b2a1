import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { compileFunction } from "node:vm";
import type jsonata from "jsonata";
import * as guard from "./guard.ts";
import { patchLibrary } from "./library-patch.ts";

/**
 * The jsonata library as a copy of our own, patched to keep to the watch and to leave its input alone. Nothing that
 * others import is changed.
 */
export function library(...given: Parameters<typeof jsonata>): jsonata.Expression {
  loaded ??= load();
  return loaded(...given);
}

let loaded: typeof jsonata | null = null;

/** Loads it before an evaluation needs it. Its patches take longer than a start should wait for. */
export function prepareLibrary(): void {
  loaded ??= load();
}

function load(): typeof jsonata {
  const file = createRequire(import.meta.url).resolve("jsonata");
  const wrapper = compileFunction(patchLibrary(readFileSync(file, "utf8")), ["module", "exports", "guard"], {
    filename: file,
  });
  const module: { exports: unknown } = { exports: {} };
  wrapper(module, module.exports, guard);
  return module.exports as typeof jsonata;
}
