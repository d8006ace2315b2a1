import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { dataFindings, tokenFindings } from "../../doctor/data.ts";
import { type DoctorFinding, failed, ok } from "../../doctor/finding.ts";
import { flowFindings } from "../../doctor/flow.ts";
import { runningFinding, workFindings } from "../../doctor/hub.ts";
import { clockFindings, nodeFindings } from "../../doctor/machine.ts";
import { retentionFindings } from "../../doctor/retention.ts";
import type { ApiDeps } from "../deps.ts";
import { time } from "../present.ts";
import { nullable, oneOf, problems, Time } from "../schema.ts";
import { presentRetention } from "./retention.ts";

const Report = Type.Object({
  at: Time,
  ok: Type.Boolean({ description: "Nothing is bad" }),
  items: Type.Array(
    Type.Object({
      level: oneOf(["ok", "warn", "bad"], "warn: works, and is probably not meant"),
      what: Type.String(),
      found: Type.String(),
      cure: nullable(Type.String()),
    }),
  ),
});

/** What `tieline doctor` looks at, as the hub's own process sees it. */
export async function doctorRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get(
    "/doctor",
    {
      schema: {
        tags: ["hub"],
        summary: "Look at all that the hub depends on, its systems too; changes nothing",
        response: { 200: Report, ...problems() },
      },
    },
    async () => {
      const findings = await examine(deps);
      return {
        at: time(deps.now()),
        ok: findings.every(({ level }) => level !== "bad"),
        items: findings.map(({ level, what, found, cure }) => ({ level, what, found, cure: cure ?? null })),
      };
    },
  );
}

async function examine(deps: ApiDeps): Promise<readonly DoctorFinding[]> {
  const { data } = deps.settings;
  const [machine, store, systems] = await Promise.all([
    machineFindings(data, deps.now),
    storeFindings(deps),
    systemFindings(deps),
  ]);
  const status = deps.status();
  return [runningFinding(status.backlog, ""), ...workFindings(status), ...machine, ...store, ...systems];
}

/** One after the other: each writes a file of its own name into the data folder. */
async function machineFindings(data: string, now: () => number): Promise<readonly DoctorFinding[]> {
  return [
    ...nodeFindings(process.versions.node),
    ...(await dataFindings(data)),
    ...(await tokenFindings(data)),
    ...(await clockFindings(data, now)),
  ];
}

async function storeFindings(deps: ApiDeps): Promise<readonly DoctorFinding[]> {
  try {
    await deps.queries.ping();
    const now = deps.now();
    const [pending, retention] = await Promise.all([deps.queries.pending(now), presentRetention(deps)]);
    const flows = deps.status().flows.flatMap((flow) => {
      const own = pending.filter((one) => one.flow === flow.name);
      const parked = own.reduce((sum, one) => sum + one.parked, 0);
      const waits = Math.max(0, ...own.map(({ oldest }) => (oldest === null ? 0 : now - oldest)));
      return flowFindings({ ...flow, parked, waits });
    });
    return [ok("store", "answers"), ...flows, ...retentionFindings(retention, now)];
  } catch (error) {
    return [failed("store", error)];
  }
}

async function systemFindings(deps: ApiDeps): Promise<readonly DoctorFinding[]> {
  return Promise.all(
    deps.systems().map(async ({ name, connector, check }) => {
      try {
        await check();
        return ok(`system ${name}`, `${connector}: answers`);
      } catch (error) {
        return failed(`system ${name}`, error);
      }
    }),
  );
}
