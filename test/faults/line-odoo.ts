import { setTimeout as pause } from "node:timers/promises";
import { type FakeOdoo, fakeOdoo, type OdooAnswer } from "../fakes/odoo.ts";
import { check, type Fault, type FaultRun, type Verdict } from "./fault.ts";
import { freePort } from "./hub-process.ts";
import { type Line, type LineScene, onLine, parkedWith } from "./line-scene.ts";

const FIELDS = { name: { type: "char" }, write_uid: { type: "many2one" } };

/** An Odoo that does as it is told; what it took stays with it. */
interface OdooLine extends Line {
  /** How the next writes are answered, one after the other; `hang` and `late` write first and then say nothing. */
  answer(...answers: readonly OdooAnswer[]): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** @param bad a record that it refuses */
async function odooLine(bad: string | undefined): Promise<OdooLine> {
  const [port, taken, told] = [await freePort(), [] as string[], [] as OdooAnswer[]];
  let fake: FakeOdoo | null = null;
  const start = async (): Promise<void> => {
    fake = await fakeOdoo(({ method, args }) => {
      if (method === "fields_get") return { result: FIELDS };
      if (method !== "load") return { result: [] };
      const rows = (args[1] as readonly (readonly string[])[]).map(([id = ""]) => id.replace("tieline.", ""));
      const wrong = bad === undefined ? -1 : rows.indexOf(bad);
      if (wrong >= 0)
        return { result: { ids: false, messages: [{ type: "error", record: wrong, message: "no" }] } };
      const answer = told.shift();
      if (answer === undefined || "hang" in answer) taken.push(...rows);
      return answer ?? { result: { ids: rows.map((_, id) => id + 1), messages: [] } };
    }, port);
  };
  await start();
  const connection = {
    url: `http://127.0.0.1:${port}`,
    database: "shop",
    user: "hub",
    password: `\${env:FAULT_SECRET}`,
  };
  return {
    connector: "odoo",
    settings: { ...connection, timeout: 1_500, upsert: { out: { model: "res.partner", fields: ["name"] } } },
    map: `{ "id": id, "name": $string(n) }`,
    idempotent: true,
    requests: () => taken,
    answer: (...answers) => void told.push(...answers),
    async stop() {
      await fake?.close();
      fake = null;
    },
    start,
  };
}

async function play(
  run: FaultRun,
  act: (scene: LineScene, line: OdooLine) => ReturnType<Parameters<typeof onLine>[2]>,
  bad?: string,
): Promise<Verdict> {
  const line = await odooLine(bad);
  try {
    return await onLine(run, line, (scene) => act(scene, line));
  } finally {
    await line.stop();
  }
}

/** F20 at an Odoo. */
export const odooAway: Fault = {
  id: "F20-ODOO",
  title: "Odoo is away for a minute",
  tries: "I1 I2 I3 I8",
  run: (run) =>
    play(run, async ({ send, books }, line) => {
      await send(1);
      await line.stop();
      await send(run.size(20, 3));
      await pause(run.size(60_000, 3_000));
      const counted = (await books()).deliveries.filter(
        ({ attempts, state }) => attempts > 0 && state !== "done",
      );
      await line.start();
      return () => [check("no attempt is counted against a message", counted.length === 0, counted.length)];
    }),
};

/** F21 at an Odoo: it wrote, and its answer never came. */
export const odooSilent: Fault = {
  id: "F21-ODOO",
  title: "Odoo writes and does not answer",
  tries: "I1 I2 I3",
  run: (run) =>
    play(run, async ({ send }, line) => {
      line.answer({ hang: true }, { hang: true });
      await send(run.size(10, 3));
      return () => [
        check("what was written comes again", new Set(line.requests()).size < line.requests().length),
      ];
    }),
};

/** F23 and F24 at an Odoo: answers that are none. */
export const odooOdd: Fault = {
  id: "F24-ODOO",
  title: "Odoo answers 429, 502, a page about maintenance, a conflict of its database",
  tries: "I2 I3 I8",
  run: (run) =>
    play(run, async ({ send }, line) => {
      line.answer(
        { status: 429 },
        { status: 502 },
        { status: 200, body: "<html>" },
        { exception: "psycopg2.errors.SerializationFailure" },
      );
      await send(run.size(10, 3));
      return ({ deliveries }) => [
        check(
          "nothing is parked for it",
          deliveries.every(({ state }) => state === "done"),
        ),
      ];
    }),
};

/** F25 at an Odoo: one record among those that go together is wrong. */
export const odooRefuses: Fault = {
  id: "F25-ODOO",
  title: "Odoo refuses one record of a call",
  tries: "I3 I4",
  run: (run) =>
    play(
      run,
      async ({ send }) => {
        await send(run.size(10, 3));
        return (books) => [
          check(
            "it is parked, and alone",
            books.deliveries.filter(({ state }) => state === "parked").length === 1,
          ),
          check("as refused", parkedWith(books) === "TL_TARGET_REFUSED", parkedWith(books)),
        ];
      },
      "c2-2",
    ),
};
