import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { Place } from "../message/place.ts";
import type { CodeList } from "./code-list.ts";
import type { HostFunctions } from "./host-function.ts";
import {
  type Answer,
  type Answers,
  type Asked,
  customerOf,
  type LookUp,
  lookUpKey,
  TOO_LARGE,
  UNKNOWN,
  xrefOf,
} from "./look-up.ts";
import { Suspended } from "./suspended.ts";

/** An evaluation that has asked what nobody has answered yet; what it gave besides is worth nothing. */
export class Unanswered extends Suspended {
  override readonly name = "Unanswered";
  readonly lookUps: readonly LookUp[];
  /** Of the look-up named first in the mapping. */
  readonly place: Place;

  constructor(lookUps: readonly LookUp[], place: Place) {
    super("a look-up has no answer yet");
    this.lookUps = lookUps;
    this.place = place;
  }
}

export interface Served<Result> {
  readonly result: Result;
  /** What the result rests on, in the order in which it was asked. */
  readonly asked: readonly Asked[];
}

/** Where mappings ask and get answers: the functions to compile them with, and who answers at the moment. */
export interface LookUpDesk {
  readonly functions: HostFunctions;
  /**
   * Does `work`, whose evaluations get these answers. They go on without the answers that are not known, so that they
   * ask all they can at once; then all they gave is dropped.
   * @throws Unanswered when an answer was not known, whatever else went wrong after it
   */
  serve<Result>(answers: Answers, work: () => Result): Served<Result>;
  /** Does work within `serve` that gets the same answers and leaves no trace of what it asks. */
  aside(work: () => void): void;
}

/** What one record may ask; a golden record counts as ten, which is about what it takes. */
export const MOST_ASKED = 1_000;

export function costOf({ kind }: LookUp): number {
  return kind === "customer" ? 10 : 1;
}

/**
 * @param lists the code lists by name; a name that is not there was refused when the mapping was read
 * @param placeOf where the mapping first calls a function
 */
export function lookUpDesk(
  lists: Readonly<Record<string, CodeList>>,
  placeOf: (name: string) => Place,
): LookUpDesk {
  let answers: Answers = () => UNKNOWN;
  let asked = new Map<string, { readonly lookUp: LookUp; readonly answer: Answer | typeof UNKNOWN }>();
  let cost = 0;

  function ask(lookUp: LookUp | undefined): Json | undefined {
    if (lookUp === undefined) return undefined;
    const key = lookUpKey(lookUp);
    let found = asked.get(key);
    if (found === undefined) {
      cost += costOf(lookUp);
      if (cost > MOST_ASKED) return undefined;
      found = { lookUp, answer: answers(lookUp) };
      asked.set(key, found);
    }
    return typeof found.answer === "symbol" ? undefined : found.answer;
  }

  function refuseUnfinished(): void {
    if (cost > MOST_ASKED) throw tooMany(placeOf(kindOfMost()));
    const open: LookUp[] = [];
    for (const { lookUp, answer } of asked.values()) {
      if (answer === UNKNOWN) open.push(lookUp);
      if (answer === TOO_LARGE) throw tooLarge(placeOf(lookUp.kind));
    }
    if (open[0] !== undefined) throw unanswered(open, placeOf(open[0].kind));
  }

  function kindOfMost(): string {
    return [...asked.values()].some(({ lookUp }) => lookUp.kind === "customer") ? "customer" : "xref";
  }

  return {
    functions: {
      xref: {
        signature: "<s(snl)s?:x>",
        call: (system: Json, id: Json, to?: Json) => ask(xrefOf(system, id, to)),
      },
      customer: {
        signature: "<s(snl):x>",
        call: (system: Json, id: Json) => ask(customerOf(system, id)),
      },
      code: {
        signature: "<s(snbl)s?s?:x>",
        call: (list: string, value?: Json, to?: string, from?: string) => lists[list]?.find(value, to, from),
      },
    },
    aside(work) {
      const kept = { asked: new Map(asked), cost };
      try {
        work();
      } finally {
        ({ asked, cost } = kept);
      }
    },
    serve(next, work) {
      answers = next;
      asked = new Map();
      cost = 0;
      let result: ReturnType<typeof work>;
      try {
        result = work();
      } catch (thrown) {
        refuseUnfinished();
        throw thrown;
      }
      refuseUnfinished();
      return { result, asked: [...asked.values()] as readonly Asked[] };
    },
  };
}

/** Without a stack: it is no failure but half the way of every record that looks something up, and the stack costs most. */
function unanswered(lookUps: readonly LookUp[], place: Place): Unanswered {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return new Unanswered(lookUps, place);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function tooMany(place: Place): HubError {
  const message = `the mapping looked up more than ${MOST_ASKED} things for one record ($customer counts as ten)`;
  return new HubError("TL_MAPPING_RUNAWAY", message, { place });
}

function tooLarge(place: Place): HubError {
  return new HubError("TL_MAPPING_FAILED", "the customer's golden record is larger than $customer may give", {
    place,
    cure: "Look up its id by $xref, and let the target ask for the rest.",
  });
}
