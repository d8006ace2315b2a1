import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { Agent } from "undici";
import type { StorePlace } from "./backend.ts";
import { type Books, booksOf, drained, recordsOf, total } from "./books.ts";
import { check, type Fault } from "./fault.ts";
import { postTo } from "./producer.ts";
import { customersFlow, EVENT_HOOK } from "./project.ts";
import { setStage } from "./stage.ts";

interface Update {
  readonly id: string;
  readonly version: number;
}

const STATES = `apiVersion: tieline/v1
description: Whole states of customers, by webhook
source: { system: shop, read: states, format: json }
key: id
version: version
map: map.jsonata
emits: schemas/canonical/customer.schema.json
routes:
  - to: crm.customer
`;

/** F28: updates of some keys come in any order, by webhook and in files; the newest wins and the others are seen off. */
export const outOfOrder: Fault = {
  id: "F28",
  title: "updates out of order",
  tries: "I3 I4",
  async run({ backend, random, size, note }) {
    const stage = await setStage(backend, {
      files: { customers: '{ inbox: INBOX, pattern: "*.csv", stable: 0 }' },
      webhooks: { states: EVENT_HOOK },
      flows: {
        customers: customersFlow(),
        states: { yaml: STATES, map: `{ "id": id, "name": { "full": "v" & $string(version) } }` },
      },
    });
    const hub = await stage.start();
    const agent = new Agent({ connections: 8, pipelining: 1 });
    const posted: Update[] = [];
    const written: Update[] = [];
    let batch = 0;
    const keys = size(50, 10);
    const commands = fc.array(
      fc.record({
        key: fc.integer({ min: 1, max: keys }),
        version: fc.integer({ min: 1, max: 20 }),
        byFile: fc.boolean(),
      }),
      { minLength: keys * 8, maxLength: keys * 12, size: "max" },
    );
    const property = fc.asyncProperty(commands, async (list) => {
      batch += 1;
      const own = list.map(({ key, version, byFile }) => ({ id: `b${batch}-k${key}`, version, byFile }));
      const rows = own.filter(({ byFile }) => byFile);
      const half = rows.length >> 1;
      for (const [at, part] of [rows.slice(0, half), rows.slice(half)].entries()) {
        const lines = part.map(({ id, version }) => `${id};${version};v${version};`);
        const name = `f${batch}-${at}.csv`;
        await writeFile(join(stage.dir, name), `${["id;version;name;email", ...lines].join("\n")}\n`);
        await rename(join(stage.dir, name), join(stage.inbox, name));
        written.push(...part);
      }
      const posts = own.filter(({ byFile }) => !byFile);
      let next = 0;
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let at = next++; at < posts.length; at = next++) {
            const { id, version } = posts[at] as Update;
            const answer = await postTo(
              hub.url,
              "states",
              JSON.stringify({ id, version }),
              { "x-event": `${batch}-${at}` },
              agent,
            );
            if (answer === null || answer.status > 299) throw new Error(`refused: ${answer?.body}`);
            posted.push({ id, version });
          }
        }),
      );
      await pause(1200);
      await drained(stage.store);
      const wrong = await newestOf(stage.store, [...posted, ...written]);
      if (wrong.length > 0) throw new Error(`not the newest: ${wrong.slice(0, 3).join(", ")}`);
    });
    const result = await fc.check(property, { seed: random.seed, numRuns: size(4, 1), endOnFailure: true });
    const drainMs = await drained(stage.store);
    await hub.stop();
    await agent.destroy();
    const byPost = await booksOf(stage.store, "states");
    const byFile = await booksOf(stage.store, "customers");
    note(
      `by webhook ${JSON.stringify(byPost.tallies.get("crm.customer"))}, by file ${JSON.stringify(byFile.tallies.get("crm.customer"))}`,
    );
    const sent = posted.length + written.length;
    const ended = total(byPost, "crm.customer") + total(byFile, "crm.customer");
    const wrong = await newestOf(stage.store, [...posted, ...written]);
    const expected = staleIn(written);
    const stale = byFile.tallies.get("crm.customer")?.["stale"] ?? 0;
    const odd = unexpectedEnds(byPost);
    const checks = [
      check(
        `fast-check, seed ${random.seed}`,
        !result.failed,
        result.errorInstance instanceof Error ? result.errorInstance.message : `${result.numRuns} runs`,
      ),
      check(
        "in = outcomes",
        ended === sent && accepted(byPost) + accepted(byFile) === sent,
        `${sent} in, ${ended} ended`,
      ),
      check(
        "rows older than the one applied end as stale, and no others",
        stale === expected,
        `${stale} of ${expected}`,
      ),
      check(
        "messages older than the one applied end as stale, superseded or unchanged",
        odd === 0,
        `${odd} otherwise`,
      ),
    ];
    await stage.remove();
    return {
      table: {
        acked: sent,
        appliedOnce: ended,
        parked: 0,
        duplicateRequests: 0,
        duplicateEffects: Math.max(0, ended - sent),
        orderViolations: wrong.length,
        lost: Math.max(0, sent - ended),
        drainMs,
      },
      checks,
    };
  },
};

/** Records that do not hold the newest version that was sent of them. */
async function newestOf(store: StorePlace, sent: readonly Update[]): Promise<string[]> {
  const newest = new Map<string, number>();
  for (const { id, version } of sent) newest.set(id, Math.max(version, newest.get(id) ?? 0));
  const held = new Map<string, number>();
  const names = new Map<string, string>();
  for (const { externalId, version, body } of await recordsOf(store, 0)) {
    held.set(externalId, Math.max(Number(version), held.get(externalId) ?? 0));
    const full = (body as { name?: { full?: string } }).name?.full ?? "";
    if (full !== `v${version}`) names.set(externalId, full);
  }
  return [...newest].filter(([id, version]) => held.get(id) !== version || names.has(id)).map(([id]) => id);
}

/** Of rows in file order: how many are older than one before them. */
function staleIn(rows: readonly Update[]): number {
  const newest = new Map<string, number>();
  let stale = 0;
  for (const { id, version } of rows) {
    if (version < (newest.get(id) ?? 0)) stale += 1;
    newest.set(id, Math.max(version, newest.get(id) ?? 0));
  }
  return stale;
}

function accepted(books: Books): number {
  return books.tallies.get("")?.["accepted"] ?? 0;
}

/** Messages with an end that nobody expects. */
function unexpectedEnds(books: Books): number {
  const known = new Set(["applied", "stale", "superseded", "unchanged"]);
  return books.messages.filter(
    ({ state, outcomes }) => state !== "done" || !Object.values(outcomes).every((one) => known.has(one)),
  ).length;
}
