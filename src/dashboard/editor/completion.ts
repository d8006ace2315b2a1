import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";

/** What can be written: functions without their $, and fields as JSON pointers with `*` for an item. */
export interface Vocabulary {
  readonly functions: readonly string[];
  readonly fields: readonly string[];
}

/** Functions behind a `$`; fields below the path that stands before the last dot, or by their last name anywhere. */
export function completions(of: () => Vocabulary): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const { functions, fields } = of();
    const called = context.matchBefore(/\$\w*/);
    if (called !== null)
      return { from: called.from, options: functions.map(asFunction), validFor: /^\$\w*$/ };
    const path = context.matchBefore(/[\p{L}_][\p{L}\p{N}_]*(?:\s*\.\s*[\p{L}_][\p{L}\p{N}_]*)*\.?/u);
    if (path === null) return context.explicit ? { from: context.pos, options: named(fields, []) } : null;
    const steps = path.text.split(".").map((step) => step.trim());
    const typed = steps.at(-1) ?? "";
    const below = named(fields, steps.slice(0, -1));
    const options = below.length > 0 ? below : named(fields, []);
    return { from: context.pos - typed.length, options, validFor: /^[\p{L}\p{N}_]*$/u };
  };
}

function asFunction(name: string): Completion {
  return { label: `$${name}`, type: "function", apply: `$${name}(` };
}

/** The next names of the fields below these steps; items have no step of their own in JSONata. */
function named(fields: readonly string[], above: readonly string[]): Completion[] {
  const found = new Map<string, string>();
  for (const field of fields) {
    const steps = field
      .split("/")
      .slice(1)
      .filter((step) => step !== "*");
    for (let at = 0; at + above.length < steps.length; at++) {
      if (above.length === 0 ? at > 0 : !above.every((step, index) => steps[at + index] === step)) continue;
      const name = steps[at + above.length];
      if (name !== undefined && !found.has(name)) found.set(name, field);
    }
  }
  return [...found].map(([name, field]) => ({
    label: name,
    detail: field,
    type: "property",
    ...(/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? {} : { apply: `\`${name}\`` }),
  }));
}
