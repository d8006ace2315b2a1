import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import type { Failure } from "../../errors.ts";
import { messageId } from "../../message/id.ts";
import type { MessageSummary } from "../../store/queries.ts";
import type { ApiDeps } from "../deps.ts";
import { fingerprintOf } from "../fingerprint.ts";
import { presentFailure, time } from "../present.ts";
import { Count, closed, FailureSchema, oneOf, problems, Time } from "../schema.ts";

/** Messages that are looked at, newest first, and how long that may take in milliseconds. */
const MOST = 5_000;
const PATIENCE_MS = 400;
const AT_ONCE = 500;
const HOURS = 24;

const Group = Type.Object({
  fingerprint: Type.String({ description: "Filter of /messages that gives exactly these" }),
  flow: Type.String(),
  failure: FailureSchema,
  count: Count,
  keys: Type.Integer({ minimum: 0, description: "Different ones" }),
  oldest: Time,
  newest: Time,
  sample: Type.String({ description: "The newest message" }),
  perHour: Type.Array(Count, { description: "Accepted in each of the last 24 hours, oldest first" }),
});

const Query = closed({
  state: Type.Optional(oneOf(["parked", "rejected"], "Default: parked, those that wait for a person")),
  flow: Type.Optional(Type.String({ maxLength: 128 })),
});

interface Gathered {
  readonly flow: string;
  readonly failure: Failure;
  readonly newest: MessageSummary;
  oldest: number;
  count: number;
  readonly keys: Set<string>;
  readonly perHour: number[];
}

/** What failed, by cause: thousands of failures are mostly a few reasons. */
export async function errorGroupRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get<{ Querystring: Static<typeof Query> }>(
    "/error-groups",
    {
      schema: {
        tags: ["messages"],
        summary: "Failed messages by cause, the largest group first, of the newest 5,000",
        querystring: Query,
        response: {
          200: Type.Object({
            items: Type.Array(Group),
            looked: Type.Integer({ minimum: 0, description: "Messages that the groups were made of" }),
            complete: Type.Boolean({ description: "False: there are older ones that were not looked at" }),
          }),
          ...problems(404),
        },
      },
    },
    async ({ query: { state = "parked", flow } }) => {
      const filter = {
        ...(state === "parked" ? { state } : { outcome: state }),
        ...(flow === undefined ? {} : { flow }),
      };
      const started = deps.now();
      const groups = new Map<string, Gathered>();
      let looked = 0;
      let before: number | null = null;
      do {
        const page = await deps.queries.messages(filter, { before, limit: AT_ONCE });
        for (const message of page.items) gather(groups, message, started);
        looked += page.items.length;
        before = page.next;
      } while (before !== null && looked < MOST && deps.now() - started < PATIENCE_MS);
      const items = [...groups].sort(([, a], [, b]) => b.count - a.count).map(present);
      return { items, looked, complete: before === null };
    },
  );
}

function gather(groups: Map<string, Gathered>, message: MessageSummary, now: number): void {
  const { flow, failure, key, acceptedAt } = message;
  if (failure === null) return;
  const fingerprint = fingerprintOf(flow, failure);
  let group = groups.get(fingerprint);
  if (group === undefined) {
    const perHour = Array.from({ length: HOURS }, () => 0);
    group = { flow, failure, newest: message, oldest: acceptedAt, count: 0, keys: new Set(), perHour };
    groups.set(fingerprint, group);
  }
  group.count += 1;
  group.oldest = Math.min(group.oldest, acceptedAt);
  if (key !== null) group.keys.add(key);
  const hour = HOURS - 1 - Math.floor((now - acceptedAt) / 3_600_000);
  if (hour >= 0 && hour < HOURS) group.perHour[hour] = (group.perHour[hour] ?? 0) + 1;
}

function present([fingerprint, group]: readonly [string, Gathered]) {
  return {
    fingerprint,
    flow: group.flow,
    failure: presentFailure(group.failure),
    count: group.count,
    keys: group.keys.size,
    oldest: time(group.oldest),
    newest: time(group.newest.acceptedAt),
    sample: messageId(group.newest.place),
    perHour: group.perHour,
  };
}
