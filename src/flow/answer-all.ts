import { HubError } from "../errors.ts";
import { type Answer, type Answers, type LookUp, lookUpKey, UNKNOWN } from "../mapping/look-up.ts";
import { costOf, MOST_ASKED, Unanswered } from "../mapping/look-up-desk.ts";

/** Asks the store; the answers come by the key of each question. */
export type AskStore = (lookUps: readonly LookUp[]) => Promise<ReadonlyMap<string, Answer>>;

/** How long work may hold the engine. */
export interface Turn {
  isOver(): boolean;
  /** Begins anew: the first half of what was begun is worth nothing without the second. */
  again(): void;
}

/** A record's way through its flow, from the beginning. */
export interface Ways<Result> {
  /** @throws Unanswered when it asks what is not known */
  run(index: number, answers: Answers): Result;
  /** What it comes to when it cannot go on. */
  fail(index: number, error: HubError): Result;
}

/** How often a record may ask for something that it can name only since its last question was answered. */
const MOST_ROUNDS = 16;
/** What one query may ask, and all that a batch may; a batch that wants more is cut. */
const MOST_AT_ONCE = 10 * MOST_ASKED;
const MOST_TOGETHER = 2 * MOST_AT_ONCE;

/** The first run of a way, with nothing known. */
export function attempt<Result>(run: (answers: Answers) => Result): Result | Unanswered {
  return attemptWith(run, () => UNKNOWN);
}

function attemptWith<Result>(run: (answers: Answers) => Result, answers: Answers): Result | Unanswered {
  try {
    return run(answers);
  } catch (thrown) {
    if (thrown instanceof Unanswered) return thrown;
    throw thrown;
  }
}

/**
 * Brings a batch to its results: what its records ask is fetched together, in one query a round, and those that asked
 * run again. All see the same state of the store, whatever the others of the batch do to it later.
 * When the time is up, or it asks too much, the batch is cut: the results are those of the first records, at least one.
 * @param first what `attempt` gave for each
 */
export async function answerAll<Result>(
  first: readonly (Result | Unanswered)[],
  ways: Ways<Result>,
  ask: AskStore,
  turn: Turn,
): Promise<readonly Result[]> {
  let batch = [...first];
  const known = new Map<string, Answer>();
  const answers: Answers = (lookUp) => {
    const key = lookUpKey(lookUp);
    return known.has(key) ? known.get(key) : UNKNOWN;
  };
  let together = 0;
  turn.again();
  for (let round = 0; ; round++) {
    const { questions, cost, enough } = questionsOf(batch, known, together);
    batch = batch.slice(0, enough);
    if (questions.size === 0) return batch as Result[];
    if (round === MOST_ROUNDS)
      return batch.map((one, at) => (one instanceof Unanswered ? ways.fail(at, endless(one)) : one));
    for (const [key, answer] of await ask([...questions.values()])) known.set(key, answer);
    together += cost;
    for (const [index, one] of batch.entries()) {
      if (!(one instanceof Unanswered)) continue;
      batch[index] = attemptWith((now) => ways.run(index, now), answers);
      if (!turn.isOver()) continue;
      batch = batch.slice(0, index + 1);
      break;
    }
  }
}

interface Questions {
  readonly questions: ReadonlyMap<string, LookUp>;
  readonly cost: number;
  /** How many records of the batch can be served. */
  readonly enough: number;
}

/** Everything that is open, as far as it may be asked; at least what the first record with a question asks. */
function questionsOf(
  batch: readonly unknown[],
  known: { has(key: string): boolean },
  together: number,
): Questions {
  const questions = new Map<string, LookUp>();
  let cost = 0;
  let served = 0;
  for (const [index, one] of batch.entries()) {
    if (!(one instanceof Unanswered)) continue;
    if (served > 0 && (cost > MOST_AT_ONCE || together + cost > MOST_TOGETHER))
      return { questions, cost, enough: index };
    served += 1;
    for (const lookUp of one.lookUps) {
      const key = lookUpKey(lookUp);
      if (known.has(key) || questions.has(key)) continue;
      questions.set(key, lookUp);
      cost += costOf(lookUp);
    }
  }
  return { questions, cost, enough: batch.length };
}

function endless({ place }: Unanswered): HubError {
  const message = `the mapping asks on and on: after ${MOST_ROUNDS} answers, each look-up needs one more`;
  return new HubError("TL_MAPPING_RUNAWAY", message, {
    place,
    cure: "Look for a loop that follows look-ups.",
  });
}
