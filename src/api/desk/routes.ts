import { setTimeout as pause } from "node:timers/promises";
import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";
import { only } from "../../desk/caller.ts";
import type { Desk, DeskSystem } from "../../desk/desk.ts";
import { HubError } from "../../errors.ts";
import { parseMessageId } from "../../message/id.ts";
import type { ApiDeps } from "../deps.ts";
import { type OwnDoor, ownDoor } from "../own-door.ts";
import { time } from "../present.ts";
import { closed, nullable, problems } from "../schema.ts";
import { callStreams } from "./stream.ts";

const tags = ["desk"];
/** How long a caller waits to be told the effect; then it is told where to look. */
const WAIT_MS = 3_000;
const LOOK_MS = 40;

const System = Type.Optional(
  Type.String({ maxLength: 128, description: "The telephone system; may be left out where there is one" }),
);
const Agent = Type.String({ minLength: 1, maxLength: 64, description: "The agent's telephone, such as 101" });
const Name = Type.String({
  pattern: "^[A-Za-z0-9-]{8,64}$",
  description: "Made by the caller: what is sent twice under one name is done once",
});

const WatchQuery = closed({ system: System, agent: Agent });
const NoteBody = closed({
  system: System,
  agent: Agent,
  id: Name,
  call: Type.String({ minLength: 1, maxLength: 150, description: "Id of the call" }),
  customer: Type.Optional(
    Type.String({ pattern: "^c-[1-9][0-9]{0,14}$", description: "Which of several customers it was" }),
  ),
  text: Type.String({ minLength: 1, maxLength: 10_000 }),
});
const DialBody = closed({
  system: System,
  agent: Agent,
  id: Name,
  number: Type.String({ minLength: 2, maxLength: 40, description: "In any spelling" }),
});
const Taken = Type.Object({
  message: Type.String(),
  state: Type.String({ description: "`done`, `parked`, or `queued`: look at `status` again" }),
  status: Type.String(),
  answer: nullable(Type.String({ description: "What the telephone system said, or why it did not" })),
});

/** What agents see of calls, what they write about them, and calls by a click. */
export async function deskRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const { desk } = deps;
  if (desk === undefined) return;
  const door = ownDoor(deps);
  const streams = callStreams(deps);
  app.addHook("preClose", async () => streams.close());

  app.get(
    "/desk",
    {
      schema: {
        tags,
        summary: "Telephone systems and their agents",
        response: { 200: DeskSchema, ...problems() },
      },
    },
    async () => ({ systems: [...desk.systems].map(([name, system]) => presentSystem(name, system, door)) }),
  );

  app.get<{ Querystring: Static<typeof WatchQuery> }>(
    "/desk/calls",
    {
      schema: {
        tags,
        summary: "An agent's calls as they come, as server-sent events `call`",
        querystring: WatchQuery,
        response: {
          200: { description: "Events", content: { "text/event-stream": { schema: Type.String() } } },
          ...problems(),
        },
      },
    },
    (request, reply) => {
      const { system, agent } = request.query;
      const { exchange } = withAgent(desk, system, agent);
      streams.open(request, reply, exchange.calls(agent), (tell) => exchange.watch(agent, tell));
    },
  );

  app.post<{ Body: Static<typeof NoteBody> }>(
    "/desk/notes",
    {
      schema: {
        tags,
        summary: "Write a note on a call",
        body: NoteBody,
        response: { 200: Taken, 202: Taken, ...problems(404) },
      },
    },
    async ({ body }, reply) => {
      const { name, exchange } = withAgent(desk, body.system, body.agent);
      const shown = exchange.call(body.call);
      if (shown === undefined)
        throw new HubError("TL_NOT_FOUND", "there is no such call, or it is long over");
      const { call, found } = shown;
      const known = found === null ? null : only(found);
      const note = {
        ...{ id: body.id, call: call.id, agent: body.agent, text: body.text },
        at: time(deps.now()),
        direction: call.direction,
        number: call.number,
        customer: body.customer ?? known?.id ?? null,
      };
      const message = await door.admit(name, "notes", note, `note ${body.id}`);
      const taken = await effectOf(deps, message);
      await exchange.refresh(call.id);
      return reply.code(taken.state === "queued" ? 202 : 200).send(taken);
    },
  );

  app.post<{ Body: Static<typeof DialBody> }>(
    "/desk/dials",
    {
      schema: {
        tags,
        summary: "Ring the agent, then the number",
        body: DialBody,
        response: { 200: Taken, 202: Taken, ...problems(404) },
      },
    },
    async ({ body }, reply) => {
      const { name, telephone } = withAgent(desk, body.system, body.agent);
      const { id, agent, number } = body;
      const wish = { id, agent, number, country: telephone.country, at: time(deps.now()) };
      const taken = await effectOf(deps, await door.admit(name, "dials", wish, `dial ${id}`));
      return reply.code(taken.state === "queued" ? 202 : 200).send(taken);
    },
  );
}

const DeskSchema = Type.Object({
  systems: Type.Array(
    Type.Object({
      name: Type.String(),
      connected: Type.Boolean({ description: "Whether its calls are seen now" }),
      notes: Type.Boolean({ description: "Whether a flow takes notes" }),
      dials: Type.Boolean({ description: "Whether a flow takes numbers to call" }),
      agents: Type.Array(
        Type.Object({
          id: Type.String(),
          name: Type.String(),
          skills: Type.Array(Type.String()),
          calls: Type.Integer({ description: "That ring or are talked" }),
        }),
      ),
    }),
  ),
});

function presentSystem(name: string, { telephone, exchange }: DeskSystem, door: OwnDoor) {
  return {
    name,
    connected: exchange.connected(),
    notes: door.reads(name, "notes"),
    dials: door.reads(name, "dials"),
    agents: Object.entries(telephone.agents).map(([id, agent]) => ({
      ...{ id, name: agent.name, skills: [...agent.skills], calls: exchange.workload(id).calls },
    })),
  };
}

function withAgent(
  desk: Desk,
  system: string | undefined,
  agent: string,
): DeskSystem & { readonly name: string } {
  const [first, ...others] = desk.systems;
  if (system === undefined && others.length > 0)
    throw new HubError("TL_USAGE", "there are several telephone systems: say which in `system`");
  const name = system ?? first?.[0] ?? "";
  const found = desk.systems.get(name);
  if (found === undefined) throw new HubError("TL_NOT_FOUND", "there is no such telephone system");
  if (!Object.hasOwn(found.telephone.agents, agent))
    throw new HubError("TL_NOT_FOUND", "there is no such agent", {
      cure: "Add the telephone to `agents` of the system in tieline.yaml.",
    });
  return { ...found, name };
}

/** Waits until the message has had its effect, or for so long that a person would wonder. */
async function effectOf(deps: ApiDeps, id: string): Promise<Static<typeof Taken>> {
  const status = `/api/v1/messages/${id}`;
  const until = performance.now() + WAIT_MS;
  while (performance.now() < until) {
    const found = await deps.queries.message(parseMessageId(id));
    const failure = found?.failure ?? found?.deliveries.find((one) => one.failure !== null)?.failure ?? null;
    const last = found?.deliveries.at(-1)?.answer ?? null;
    if (found !== undefined && (found.state === "done" || found.state === "parked"))
      return { message: id, state: found.state, status, answer: failure?.message ?? last };
    await pause(LOOK_MS);
  }
  return { message: id, state: "queued", status, answer: null };
}
