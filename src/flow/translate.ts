import type { FlowDefinition } from "../config/flow-definition.ts";
import { HubError } from "../errors.ts";
import { compileMapping } from "../mapping/compile.ts";
import type { Answers, Asked } from "../mapping/look-up.ts";
import { asksStore } from "../mapping/look-up-calls.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { Json } from "../message/json.ts";
import type { Place } from "../message/place.ts";
import { openFlowDesk } from "./flow-desk.ts";
import { type Shadow, shadowed } from "./shadow.ts";

type Bindings = Readonly<Record<string, Json>>;

export interface Translated {
  readonly mapped: Json;
  /** The routes whose `when` holds, by name. */
  readonly routes: readonly string[];
  /** The look-ups that the result rests on, in the order in which they were made. */
  readonly asked: readonly Asked[];
}

export interface Translator {
  /** Whether it may ask the store at all. */
  readonly asks: boolean;
  /** map → emits → routes. @throws Unanswered when it asks what `answers` does not know; HubError */
  translate(value: Json, bound: Bindings, answers: Answers): Translated;
}

/**
 * Compiles what of a flow may look things up: its mapping, and the conditions of its routes.
 * @param fileText the text of a file of the flow version
 * @param checkEmits throws HubError TL_EMITS_FAILED
 * @throws HubError TL_CONFIG_INVALID, TL_MAPPING_INVALID with the place
 */
export function translator(
  definition: FlowDefinition,
  fileText: (path: string) => string,
  checkEmits: (mapped: Json) => void,
  shadow: Shadow | null,
): Translator {
  const sources = sourcesOf(definition, fileText);
  const desk = openFlowDesk(sources, definition.texts);
  const [lacking] = desk.lacking;
  if (lacking !== undefined) {
    throw new HubError("TL_CONFIG_INVALID", `the flow version lacks the code list ${lacking.list}`, {
      place: { file: definition.file },
    });
  }
  const compiled = new Map<string | null, Mapping>(
    sources.map(({ to, text, path }) => [
      to,
      compileMapping(text, {
        path,
        limits: { deadline: definition.limits.deadline },
        allowFallback: definition.allowFallback,
        functions: desk.functions,
      }),
    ]),
  );
  const map = compiled.get(null);
  const evaluate = map === undefined ? undefined : shadowed(map, definition, shadow, desk.aside);

  function translate(value: Json, bound: Bindings): Omit<Translated, "asked"> {
    const mapped = evaluate === undefined ? value : evaluate(value, bound);
    if (mapped === undefined) {
      throw new HubError("TL_MAPPING_FAILED", "the mapping gives nothing for this record", {
        place: { file: definition.map ?? definition.file },
      });
    }
    checkEmits(mapped);
    const routes: string[] = [];
    for (const { to } of definition.routes) {
      const when = compiled.get(to);
      if (when === undefined || truthy(when.evaluate(mapped, bound))) routes.push(to);
    }
    return { mapped, routes };
  }

  function translateAsking(value: Json, bound: Bindings, answers: Answers): Translated {
    const { result, asked } = desk.serve(answers, () => orBreach(() => translate(value, bound)));
    if (!(result instanceof HubError)) return { ...result, asked };
    const missing = asked.find(({ answer }) => answer === undefined);
    throw missing === undefined
      ? result
      : missingReference(result, missing, desk.placeOf(missing.lookUp.kind));
  }

  if (desk.calls.some(asksStore)) return { asks: true, translate: translateAsking };
  return {
    asks: false,
    translate: (value, bound) => ({ ...translate(value, bound), asked: NOTHING }),
  };
}

const NOTHING: readonly Asked[] = [];

/** The mapping (`to` null) and the conditions, each with its text and where it stands. */
function sourcesOf(
  { file, map, routes }: FlowDefinition,
  fileText: (path: string) => string,
): readonly { readonly to: string | null; readonly text: string; readonly path: string }[] {
  const mapping = map === null ? [] : [{ to: null, text: fileText(map), path: map }];
  const whens = routes.flatMap(({ to, when }) =>
    when === null ? [] : [{ to, text: when, path: `${file}#routes.${to}.when` }],
  );
  return [...mapping, ...whens];
}

function orBreach<Result>(work: () => Result): Result | HubError {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === "TL_EMITS_FAILED") return thrown;
    throw thrown;
  }
}

/** A result that its schema refuses for want of what a look-up did not find: it is not wrong, it is early. */
function missingReference(breach: HubError, { lookUp }: Asked, place: Place): HubError {
  const message = `${breach.message}, and $${lookUp.kind} found nobody`;
  return new HubError("TL_REFERENCE_MISSING", message, {
    // Of the call: the field that lacks its value is told by the issues.
    place: { ...breach.place, ...place },
    issues: breach.issues,
    cause: breach,
  });
}

/** JSONata's own rule is `$boolean()`; a `when` is usually a comparison, so only the plain cases count. */
function truthy(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== false && value !== "" && value !== 0;
}
