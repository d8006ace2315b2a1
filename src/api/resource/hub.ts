import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import type { EngineStatus } from "../../control/engine.ts";
import { asHubError, HubError, toFailure } from "../../errors.ts";
import { actOf } from "../act.ts";
import type { ApiDeps } from "../deps.ts";
import { presentFailure, presentSource, time } from "../present.ts";
import {
  AnyJson,
  Count,
  closed,
  FailureSchema,
  nullable,
  oneOf,
  problems,
  ReasonBody,
  SourceSchema,
  Time,
} from "../schema.ts";

const Status = Type.Object({
  version: Type.String(),
  at: Time,
  stopping: Type.Boolean(),
  diskFree: Type.Integer({ description: "Bytes" }),
  diskLow: Type.Boolean(),
  backlog: Count,
  backlogFull: Type.Boolean(),
  lanes: Type.Integer({ minimum: 0, description: "Of 256, those that this process works on" }),
  duty: Type.Boolean({ description: "This process takes files and runs slots" }),
  flows: Count,
});

const System = Type.Object({
  name: Type.String(),
  connector: Type.String(),
  settings: AnyJson,
  sources: Type.Array(Type.Composite([Type.Object({ flow: Type.String() }), SourceSchema]), {
    description: "Those that the hub asks or listens to, each with the flow that reads it",
  }),
  gate: nullable(
    Type.Object(
      {
        breaker: nullable(
          oneOf(["closed", "open", "half-open"], "open: the system failed several times and is left alone"),
        ),
        opensIn: nullable(Type.Integer({ description: "Milliseconds until one call tries again" })),
        failures: Count,
        recent: nullable(Type.Integer({ description: "Calls within the last span of its rate" })),
      },
      { description: "Where the system has limits: how they stand" },
    ),
  ),
});
const Checked = Type.Object({ ok: Type.Boolean(), failure: nullable(FailureSchema) });

/** The hub itself: its state, its audit log, its systems. */
export async function hubRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.get(
    "/status",
    {
      schema: { tags: ["hub"], summary: "The hub's present state", response: { 200: Status, ...problems() } },
    },
    async () => {
      const { at, stopping, diskFree, diskLow, backlog, backlogFull, lanes, duty, flows } = deps.status();
      return {
        version: deps.version,
        at: time(at),
        stopping,
        diskFree,
        diskLow,
        backlog,
        backlogFull,
        lanes,
        duty,
        flows: flows.length,
      };
    },
  );

  app.get(
    "/systems",
    {
      schema: {
        tags: ["systems"],
        summary: "Configured systems, secrets as references",
        response: { 200: Type.Object({ items: Type.Array(System) }), ...problems() },
      },
    },
    async () => ({
      items: deps.systems().map(({ name, connector, written }) => ({
        name,
        connector,
        settings: written,
        sources: sourcesOf(name, deps.status()),
        gate: deps.status().gates?.[name] ?? null,
      })),
    }),
  );

  const NameParams = closed({ name: Type.String({ maxLength: 128 }) });
  app.post<{ Params: Static<typeof NameParams> }>(
    "/systems/:name/check",
    {
      schema: {
        tags: ["systems"],
        summary: "Test the connection to a system now",
        params: NameParams,
        response: { 200: Checked, ...problems(404) },
      },
    },
    async ({ params }) => {
      const system = deps.systems().find((one) => one.name === params.name);
      if (system === undefined) throw new HubError("TL_NOT_FOUND", "there is no system of this name");
      try {
        await system.check();
        return { ok: true, failure: null };
      } catch (error) {
        return { ok: false, failure: presentFailure(toFailure(asHubError(error))) };
      }
    },
  );

  const BackupBody = closed({
    folder: Type.String({ minLength: 1, maxLength: 4096, description: "On the hub's machine; new or empty" }),
    ...ReasonBody.properties,
  });
  app.post<{ Body: Static<typeof BackupBody> }>(
    "/backup",
    {
      schema: {
        tags: ["hub"],
        summary: "Copy the store and the archive of files while the hub runs; the copy is consistent",
        body: BackupBody,
        response: { 200: Type.Object({ bytes: Count }), ...problems(409, 415) },
      },
    },
    async (request) => deps.engine.backup(actOf(request), request.body.folder),
  );
}

function sourcesOf(system: string, { flows }: EngineStatus) {
  return flows.flatMap(({ name, source }) =>
    source?.name.startsWith(`${system}.`) === true ? [{ flow: name, ...presentSource(source) }] : [],
  );
}
