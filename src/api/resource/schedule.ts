import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import type { Schedule } from "../../config/flow-definition.ts";
import { slotAfter } from "../../intake/schedule.ts";
import { offset } from "../day.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import { closed, nullable, problems, Time } from "../schema.ts";

const Planned = Type.Object({
  at: Time,
  clockChange: Type.Boolean({ description: "The zone's clocks change between the slot before and this one" }),
});

const Plan = Type.Object({
  flow: Type.String(),
  cron: Type.String(),
  zone: Type.String(),
  window: nullable(Type.Object({ from: Type.String(), to: Type.String() })),
  misfire: Type.String(),
  upcoming: Type.Array(Planned),
});

const Query = closed({
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 30, default: 5, description: "Slots of each" })),
});

/** When flows run next. Computed here and nowhere else: libraries disagree about nights in which clocks change. */
export async function scheduleRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get<{ Querystring: Static<typeof Query> }>(
    "/schedules",
    {
      schema: {
        tags: ["flows"],
        summary: "Flows with a schedule, and their next slots",
        querystring: Query,
        response: { 200: Type.Object({ items: Type.Array(Plan) }), ...problems() },
      },
    },
    async ({ query }) => ({
      items: deps.flows().flatMap(({ definition, status }) => {
        const schedule = definition?.schedule ?? null;
        if (schedule === null) return [];
        const { cron, zone, window, misfire } = schedule;
        const upcoming = slotsAfter(schedule, deps.now(), query.count ?? 5);
        return [{ flow: status.name, cron, zone, window, misfire, upcoming }];
      }),
    }),
  );
}

function slotsAfter(schedule: Schedule, now: number, count: number) {
  const slots: { readonly at: string; readonly clockChange: boolean }[] = [];
  let before = now;
  while (slots.length < count) {
    const at = slotAfter(schedule, before);
    if (at === null) break;
    slots.push({ at: time(at), clockChange: offset(at, schedule.zone) !== offset(before, schedule.zone) });
    before = at;
  }
  return slots;
}
