import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Answer, Item } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { counted } from "../part/counted.ts";
import { Lever } from "../part/lever.tsx";
import { span, useNow } from "../part/time.tsx";

interface Need {
  readonly id: string;
  /** What it keeps from running; null where that is not known. */
  readonly flow: string | null;
  readonly rank: number;
  readonly tone: "bad" | "warn";
  readonly text: ReactNode;
  readonly act: ReactNode;
}

type Flows = Answer<"GET /flows">["items"];
type Overview = Answer<"GET /overview">;

/** Waiting longer than this is told, even when nothing has failed; milliseconds. */
const LONG_MS = 15 * 60_000;
/** Files that are looked at for bad rows. */
const NEWEST = 20;

/** What needs a person, and how much of that is known. */
export type FoundNeeds = ReturnType<typeof useNeeds>;

/** What goes on only when a person acts, the worst first, each with the way to mend it. */
export function useNeeds() {
  const flows = useApi("GET /flows");
  const overview = useApi("GET /overview");
  const stopped = useApi("GET /files", { query: { state: "stopped", limit: 10 } });
  const files = useApi("GET /files", { query: { limit: NEWEST } });
  const alerts = useApi("GET /alerts", { query: { state: "firing", limit: 20 } });
  const now = useNow(10_000);
  const asked = [flows, overview, stopped, files, alerts];
  return {
    needs: [
      ...(flows.data?.items.flatMap(ofFlow) ?? []),
      ...(overview.data?.flows.flatMap((flow) => ofNumbers(flow, now)) ?? []),
      ...(stopped.data?.items.map(ofStopped) ?? []),
      ...(files.data?.items.flatMap(ofBadRows) ?? []),
      ...(alerts.data?.items.flatMap(ofAlert) ?? []),
    ].sort((a, b) => a.rank - b.rank),
    flows,
    lost: asked.find((one) => one !== flows && one.isError),
    /** All that could need a person was asked, and answered. */
    known: asked.every((one) => one.isSuccess),
    /** There are more than were asked for. */
    more: { alerts: alerts.data?.next != null, stopped: stopped.data?.next != null },
  };
}

/** What other lines tell already, with a better way to mend it. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(["parked", "messages-old", "route-stopped"]);

function ofAlert({ id, rule, subject, detail, acknowledgedBy }: Item<"GET /alerts">): readonly Need[] {
  if (acknowledgedBy !== null || TOLD_ELSEWHERE.has(rule)) return [];
  return [
    {
      id: `alert ${id}`,
      flow: null,
      rank: 1,
      tone: "bad",
      text: (
        <>
          <strong>{subject}</strong>: {detail}
        </>
      ),
      act: (
        <Link className="link" to="/alerts" search={{ state: "firing" }}>
          See the alert
        </Link>
      ),
    },
  ];
}

function ofFlow({ name, routes, problem, accepting, running }: Flows[number]): readonly Need[] {
  const needs: Need[] = routes.flatMap(({ to, stopped, queued }) =>
    stopped === null
      ? []
      : [
          {
            id: `route ${name} ${to}`,
            flow: name,
            rank: 0,
            tone: "bad" as const,
            text: (
              <>
                <strong>{name}</strong> to {to} is stopped: {stopped}.{" "}
                <Waiting flow={name} to={to} n={queued} /> wait.
              </>
            ),
            act: (
              <Lever name="Resume" operation="POST /flows/{name}/routes/{to}/resume" path={{ name, to }} />
            ),
          },
        ],
  );
  for (const { to, waitingUntil, queued } of routes)
    if (waitingUntil !== null)
      needs.push({
        id: `waiting ${name} ${to}`,
        flow: name,
        rank: 3,
        tone: "warn",
        text: (
          <>
            <strong>{to}</strong> does not answer: <Waiting flow={name} to={to} n={queued} /> of {name} wait,
            and go out by themselves when it does
          </>
        ),
        act: (
          <Link className="link" to="/systems">
            Test it
          </Link>
        ),
      });
  if (problem !== null)
    needs.push({
      id: `problem ${name}`,
      flow: name,
      rank: 1,
      tone: "bad",
      text: (
        <>
          <strong>{name}</strong>: its newest text is not in force: {problem}
        </>
      ),
      act: null,
    });
  if (!accepting || !running)
    needs.push({
      id: `paused ${name}`,
      flow: name,
      rank: 4,
      tone: "warn",
      text: (
        <>
          <strong>{name}</strong> is paused: {pausedInWords(accepting, running)}
        </>
      ),
      act: <Lever name="Resume" operation="POST /flows/{name}/resume" path={{ name }} />,
    });
  return needs;
}

function Waiting({ flow, to, n }: { readonly flow: string; readonly to: string; readonly n: number }) {
  return (
    <Link className="link" to="/messages" search={{ flow, to, state: "open" }}>
      {counted(n)}
    </Link>
  );
}

function pausedInWords(accepting: boolean, running: boolean): string {
  if (!accepting && !running) return "it takes nothing, and works on nothing stored";
  return accepting
    ? "it takes items, but works on nothing stored"
    : "it takes nothing; what is stored is worked on";
}

function ofNumbers(
  { name, parked, unmuted, oldest, queued }: Overview["flows"][number],
  now: number,
): readonly Need[] {
  const needs: Need[] = [];
  if (unmuted > 0)
    needs.push({
      id: `parked ${name}`,
      flow: name,
      rank: 2,
      tone: "bad",
      text: (
        <>
          <strong>{name}</strong>:{" "}
          <Link className="link" to="/messages" search={{ flow: name, state: "parked" }}>
            {counted(parked)} parked
          </Link>{" "}
          now{unmuted < parked ? ", some of them muted" : ""}
        </>
      ),
      act: (
        <Link className="link" to="/errors" search={{ flow: name }}>
          See why
        </Link>
      ),
    });
  const age = oldest === null ? 0 : now - Date.parse(oldest);
  if (age > LONG_MS)
    needs.push({
      id: `oldest ${name}`,
      flow: name,
      rank: 3,
      tone: "warn",
      text: (
        <>
          <strong>{name}</strong>: the oldest of{" "}
          <Link className="link" to="/messages" search={{ flow: name, state: "open" }}>
            {counted(queued)}
          </Link>{" "}
          has waited {span(age)}
        </>
      ),
      act: (
        <Link className="link" to="/messages" search={{ flow: name, state: "open" }}>
          See what waits
        </Link>
      ),
    });
  return needs;
}

function ofStopped({ id, name, flow, failure }: Answer<"GET /files">["items"][number]): Need {
  return {
    id: `file ${id}`,
    flow,
    rank: 1,
    tone: "bad",
    text: (
      <>
        <strong>{flow}</strong>: file {name} is stopped{failure === null ? "" : `: ${failure.title}`}
      </>
    ),
    act: <Lever name="Resume" operation="POST /files/{id}/resume" path={{ id }} />,
  };
}

/** Rows that a file lost on its way; mended and dropped again they cross. */
function ofBadRows({ id, name, flow, books }: Answer<"GET /files">["items"][number]): readonly Need[] {
  const bad = Math.max(0, ...Object.values(books).map((counts) => counts["rejected"] ?? 0));
  if (bad === 0) return [];
  return [
    {
      id: `rows ${id}`,
      flow,
      rank: 5,
      tone: "warn",
      text: (
        <>
          <strong>{flow}</strong>:{" "}
          <Link className="link" to="/messages" search={{ file: id, outcome: "rejected" }}>
            {bad.toLocaleString("en")}
          </Link>{" "}
          bad {bad === 1 ? "row" : "rows"} in {name}
        </>
      ),
      act: (
        <Link className="link" to="/files/$id" params={{ id: String(id) }}>
          See which
        </Link>
      ),
    },
  ];
}
