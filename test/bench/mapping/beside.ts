import type { FlowDefinition } from "../../../src/config/flow-definition.ts";
import type { Answer, Answers, LookUp } from "../../../src/mapping/look-up.ts";
import type { Json } from "../../../src/message/json.ts";
import type { BenchOptions, Figure } from "../bench.ts";
import { compiled } from "../compiled.ts";
import { shopCustomer } from "../customer.ts";
import { alternate, of } from "../rounds.ts";
import { figure, median, ratios } from "../statistics.ts";
import type { Kind } from "./kind.ts";
import { KINDS, recordsOf } from "./kinds.ts";
import { geometricMean, rate, rateOfPromises } from "./measure.ts";

const { compileMapping } =
  await compiled<typeof import("../../../src/mapping/compile.ts")>("src/mapping/compile");
const { lookUpDesk } =
  await compiled<typeof import("../../../src/mapping/look-up-desk.ts")>("src/mapping/look-up-desk");
const { lookUpKey } = await compiled<typeof import("../../../src/mapping/look-up.ts")>("src/mapping/look-up");
const { answerAll, attempt } =
  await compiled<typeof import("../../../src/flow/answer-all.ts")>("src/flow/answer-all");
const { shadowed } = await compiled<typeof import("../../../src/flow/shadow.ts")>("src/flow/shadow");

const RECORDS = 500;
const EVERY = 1_000;
/** Seconds, so that a busy machine ends nothing. */
const LIMITS = { deadline: 5_000 };

const PLAIN = "plain";
const BESIDE = "beside";

/** What flows have besides the compiled evaluation: how many times its time they take, by round. */
export async function besideRows({ rounds }: BenchOptions, slice: number): Promise<readonly Figure[]> {
  const kinds: (readonly number[])[] = [];
  for (const kind of KINDS) kinds.push(await shadowCost(kind, rounds, slice));
  const shadows = Array.from({ length: rounds }, (_, round) =>
    geometricMean(kinds.map((costs) => costs[round] ?? Number.NaN)),
  );
  return [
    figure(`time with a shadow of 1:${EVERY}, geometric mean`, "x", shadows),
    figure(`time with a shadow of 1:${EVERY}, by kind`, "x", kinds.map(median)),
    ...(await lookUpRows(rounds, slice)),
  ];
}

/** The same evaluations, one in so many once more by the library. */
async function shadowCost(kind: Kind, rounds: number, slice: number): Promise<readonly number[]> {
  const mapping = compileMapping(kind.text, { path: kind.name, limits: LIMITS });
  const flow = { name: kind.name, texts: {} } as FlowDefinition;
  const shadow = {
    every: EVERY,
    report: ({ result }: { readonly result: string }): void => {
      if (result !== "same") throw new Error(`${kind.name}: the library gives another result`);
    },
  };
  const both = shadowed(mapping, flow, shadow, (work) => work());
  const records = recordsOf(kind, "uniform", RECORDS);
  const side = (name: string, evaluate: typeof both) => ({
    name,
    run: async () => rate((record) => evaluate(record as Json), records, slice),
  });
  const found = await alternate([side(PLAIN, mapping.evaluate), side(BESIDE, both)], rounds, () => undefined);
  return ratios(of(found, PLAIN), of(found, BESIDE));
}

const FIELDS = `"number": number, "kind": kind, "city": city, "email": $lowercase($trim(email)), "phone": phone`;

/** A batch whose answers are at hand once they are asked, against the same with the answers in the records. */
async function lookUpRows(rounds: number, slice: number): Promise<readonly Figure[]> {
  const desk = lookUpDesk({}, () => ({}));
  const asking = compileMapping(
    `{ ${FIELDS}, "hub": $xref("erp", number), "billing": $xref("erp", number, "billing"), "full": $customer("erp", number).name.full }`,
    { path: "asking", limits: LIMITS, functions: desk.functions },
  );
  const knowing = compileMapping(
    `{ ${FIELDS}, "hub": known.hub, "billing": known.billing, "full": known.golden.name.full }`,
    { path: "knowing", limits: LIMITS },
  );
  const records = Array.from({ length: RECORDS }, (_, n) => shopCustomer(n));
  const informed = records.map((record) => ({ ...record, known: knownOf(record.number) }));
  const run = (index: number, answers: Answers): Json | undefined =>
    desk.serve(answers, () => asking.evaluate(records[index] as Json)).result;
  const ways = {
    run,
    fail: (_: number, error: Error): never => {
      throw error;
    },
  };
  const batch = (): Promise<readonly (Json | undefined)[]> =>
    answerAll(
      records.map((_, index) => attempt((answers) => run(index, answers))),
      ways,
      answered,
      ENDLESS,
    );
  const wanted = JSON.stringify(informed.map((record) => knowing.evaluate(record)));
  if (JSON.stringify(await batch()) !== wanted) throw new Error("look-ups give another result");
  const found = await alternate(
    [
      { name: PLAIN, run: async () => rate((record) => knowing.evaluate(record as Json), informed, slice) },
      { name: BESIDE, run: async () => RECORDS * (await rateOfPromises(batch, records.slice(0, 1), slice)) },
    ],
    rounds,
    () => undefined,
  );
  const [plain, asked] = [of(found, PLAIN), of(found, BESIDE)];
  return [
    figure(`3 look-ups a record, ${RECORDS} records: answers in the record`, "records/s", plain),
    figure(`3 look-ups a record, ${RECORDS} records: looked up`, "records/s", asked),
    figure("time with 3 look-ups a record", "x", ratios(plain, asked)),
  ];
}

const ENDLESS = { isOver: () => false, again: () => undefined };

function knownOf(id: string) {
  return { hub: `c-${id}`, billing: `B${id}`, golden: { id: `c-${id}`, name: { full: `Name ${id}` } } };
}

async function answered(asked: readonly LookUp[]): Promise<ReadonlyMap<string, Answer>> {
  return new Map(asked.map((lookUp) => [lookUpKey(lookUp), answerTo(lookUp)]));
}

function answerTo(lookUp: LookUp): Answer {
  const { hub, billing, golden } = knownOf(lookUp.id);
  if (lookUp.kind === "customer") return golden;
  return lookUp.to === "billing" ? billing : hub;
}
