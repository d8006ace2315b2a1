import { Agent } from "undici";
import { type Books, booksOf, drained, recordsOf, total } from "./books.ts";
import { type Check, check, type Fault } from "./fault.ts";
import type { HubProcess } from "./hub-process.ts";
import { type Answer, postTo } from "./producer.ts";
import { EVENT_HOOK, eventsFlow, hook } from "./project.ts";
import { setStage } from "./stage.ts";

const AT_ONCE = 20;

interface Case {
  readonly flow: string;
  /** What names the happening. */
  readonly headers: Readonly<Record<string, string>>;
  readonly id: string;
}

/** F26: the same happening comes again and again, at once and later, named in the three ways there are. */
export const duplicateEvent: Fault = {
  id: "F26",
  title: "duplicate webhooks, 20 at once",
  tries: "I2 I4",
  async run({ backend, size, note }) {
    const stage = await setStage(backend, {
      webhooks: { named: EVENT_HOOK, told: hook(), keyed: hook() },
      flows: {
        named: eventsFlow({ read: "named" }),
        told: eventsFlow({ read: "told", more: "event: id\n" }),
        keyed: eventsFlow({ read: "keyed" }),
      },
    });
    const happenings = size(20, 3);
    const cases = Array.from({ length: happenings }, (_, n): Case[] => [
      { flow: "named", headers: { "x-event": `n-${n}` }, id: `n-${n}` },
      { flow: "told", headers: {}, id: `t-${n}` },
      { flow: "keyed", headers: { "idempotency-key": `k-${n}` }, id: `k-${n}` },
    ]).flat();
    const agent = new Agent({ connections: AT_ONCE, pipelining: 1 });
    const hub = await stage.start();
    const checks: Check[] = [];
    const acked = new Map<string, Set<string>>();
    let posts = 0;
    const postAgain = async (at: HubProcess, { flow, headers, id }: Case): Promise<(Answer | null)[]> => {
      const body = bodyOf(id);
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, () => postTo(at.url, flow, body, headers, agent)),
      );
      posts += answers.filter((answer) => answer !== null && answer.status < 300).length;
      const ids = acked.get(`${flow} ${id}`) ?? new Set();
      for (const answer of answers)
        if (answer !== null && answer.status < 300) ids.add((JSON.parse(answer.body) as { id: string }).id);
      acked.set(`${flow} ${id}`, ids);
      return answers;
    };
    const first = await Promise.all(cases.map((one) => postAgain(hub, one)));
    checks.push(
      check(
        "all of 20 at once are answered 2xx",
        first.flat().every((answer) => answer !== null && answer.status < 300),
        `${posts} posts`,
      ),
      check(
        "one of them is the first, the others are called duplicates",
        first.every((answers) => fresh(answers) === 1),
      ),
      ...(await reused(hub, cases)),
      ...(await missing(hub)),
    );
    await hub.kill();
    const again = await stage.start();
    const later = await Promise.all(cases.map((one) => postAgain(again, one)));
    checks.push(
      check(
        "after kill -9 each is a duplicate still",
        later.every((answers) => fresh(answers) === 0),
      ),
      check(
        "every answer for one happening bears one id",
        [...acked.values()].every((ids) => ids.size === 1),
      ),
    );
    const twice = bodyOf("same-body");
    const unnamed = [await postTo(again.url, "keyed", twice), await postTo(again.url, "keyed", twice)];
    checks.push(
      check(
        "the same body without a name is two messages",
        new Set(unnamed.map((answer) => answer?.body)).size === 2,
      ),
    );
    const drainMs = await drained(stage.store);
    await again.stop();
    await agent.destroy();
    note(`${cases.length} happenings, ${posts} posts`);
    const books = await Promise.all(["named", "told", "keyed"].map((flow) => booksOf(stage.store, flow)));
    const notes = (await recordsOf(stage.store, 1)).map(({ externalId }) => externalId);
    checks.push(
      check(
        "the two of the same body are one effect: applied and unchanged",
        ends(books, "unchanged") === 1 && count(notes, "same-body") === 1,
      ),
      check(
        "in = outcomes, per flow",
        books.every((one) => total(one, "crm.interaction") === (one.tallies.get("")?.["accepted"] ?? 0)),
      ),
      check(
        "each duplicate is in the books",
        sum(books, "duplicate") === posts - cases.length,
        `${sum(books, "duplicate")} of ${posts - cases.length}`,
      ),
    );
    const rows = books.flatMap(({ messages }) => messages);
    const appliedOnce = cases.filter(({ id }) => count(notes, id) === 1 && rowsOf(rows, id) === 1).length;
    await stage.remove();
    return {
      table: {
        acked: cases.length,
        appliedOnce,
        parked: 0,
        duplicateRequests: posts - cases.length,
        duplicateEffects: ends(books, "applied") - cases.length - 1,
        orderViolations: 0,
        lost: cases.length - appliedOnce,
        drainMs,
      },
      checks,
    };
  },
};

/** The same name with another body. */
async function reused(hub: HubProcess, cases: readonly Case[]): Promise<Check[]> {
  const answers = await Promise.all(
    cases.map(({ flow, headers, id }) => postTo(hub.url, flow, bodyOf(id, 2), headers)),
  );
  const codes = answers.map((answer) =>
    answer === null ? "none" : (JSON.parse(answer.body) as { code?: string }).code,
  );
  return [
    check(
      "the same name with another body is refused with 422",
      answers.every((answer) => answer?.status === 422),
      String([...new Set(answers.map((answer) => answer?.status))]),
    ),
    check(
      "it is called TL_IDEMPOTENCY_REUSED",
      codes.every((code) => code === "TL_IDEMPOTENCY_REUSED"),
      String([...new Set(codes)]),
    ),
  ];
}

async function missing(hub: HubProcess): Promise<Check[]> {
  const body = bodyOf("no-name");
  const nameless = await postTo(hub.url, "named", body);
  const empty = await postTo(hub.url, "named", body, { "x-event": "" });
  const long = await postTo(hub.url, "keyed", body, { "idempotency-key": "k".repeat(257) });
  const none = await postTo(hub.url, "keyed", body, { "idempotency-key": "" });
  return [
    check(
      "a webhook that must name its happening and does not: 400",
      nameless?.status === 400,
      nameless?.status,
    ),
    check("an empty name: 400", empty?.status === 400, empty?.status),
    check("an Idempotency-Key of 257 characters: 400", long?.status === 400, long?.status),
    check("an empty Idempotency-Key: 400", none?.status === 400, none?.status),
  ];
}

function bodyOf(id: string, n = 1): string {
  return JSON.stringify({ id, customer: `c-${id}`, n });
}

/** Answers that do not say duplicate. */
function fresh(answers: readonly (Answer | null)[]): number {
  return answers.filter(
    (answer) =>
      answer !== null &&
      answer.status < 300 &&
      !(JSON.parse(answer.body) as { duplicate: boolean }).duplicate,
  ).length;
}

function ends(books: readonly Books[], outcome: string): number {
  return books.reduce((sum, one) => sum + (one.tallies.get("crm.interaction")?.[outcome] ?? 0), 0);
}

function sum(books: readonly Books[], outcome: string): number {
  return books.reduce((total, one) => total + (one.tallies.get("")?.[outcome] ?? 0), 0);
}

function count(list: readonly string[], wanted: string): number {
  return list.filter((one) => one === wanted).length;
}

function rowsOf(rows: readonly { readonly key: string | null }[], id: string): number {
  return rows.filter(({ key }) => key === `c-${id}`).length;
}
