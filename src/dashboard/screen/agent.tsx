import { Button, NativeSelect, TextInput } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Answer } from "../api/client.ts";
import { useMay } from "../api/may.ts";
import { useApi } from "../api/use.ts";
import { Head } from "../part/head.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Needs } from "../part/needs.tsx";
import { Time } from "../part/time.tsx";
import { AgentCall } from "./agent-call.tsx";
import { nameOfCall, type ShownCall, useCalls } from "./agent-calls.ts";
import { Dialled, useDial } from "./agent-dial.tsx";

const route = getRouteApi("/agent");

type System = Answer<"GET /desk">["systems"][number];
type Agent = System["agents"][number];

/** What an agent sees while a call lasts: who it is, what to say, what was before, and a place to write. */
export function AgentDesktop() {
  return useMay("desk") ? (
    <Desktop />
  ) : (
    <>
      <Head title="Agent" at={0} />
      <Needs permission="desk" />
    </>
  );
}

function Desktop() {
  const query = useApi("GET /desk");
  const { agent, system } = route.useSearch();
  const navigate = route.useNavigate();
  if (query.error?.status === 404)
    return (
      <>
        <Head title="Agent" at={0} />
        <div className="card">
          <p className="empty">
            No telephone system is followed. The connector telephony adds one in tieline.yaml.
          </p>
        </div>
      </>
    );
  return (
    <>
      <Head title="Agent" at={query.dataUpdatedAt} />
      <Loaded query={query}>
        {({ systems }) => {
          const all = systems.flatMap((one) => one.agents.map((each) => ({ system: one, agent: each })));
          const mine = all.find((one) => one.agent.id === agent && one.system.name === system);
          return (
            <>
              <div className="filters">
                <NativeSelect
                  label="Your telephone"
                  value={mine === undefined ? "" : `${mine.system.name} ${mine.agent.id}`}
                  data={[
                    { value: "", label: "choose" },
                    ...all.map((one) => ({
                      value: `${one.system.name} ${one.agent.id}`,
                      label: `${one.agent.id}, ${one.agent.name}`,
                    })),
                  ]}
                  onChange={(event) => {
                    const [of, id] = event.currentTarget.value.split(" ");
                    void navigate({
                      search: of === undefined || id === undefined ? {} : { system: of, agent: id },
                    });
                  }}
                />
              </div>
              {mine === undefined ? (
                <div className="card">
                  <p className="empty">Choose your telephone, and its calls come up here as they ring.</p>
                </div>
              ) : (
                <Desk key={`${mine.system.name} ${mine.agent.id}`} system={mine.system} agent={mine.agent} />
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function Desk({ system, agent }: { readonly system: System; readonly agent: Agent }) {
  const { calls, connected, problem } = useCalls(system.name, agent.id);
  const [chosen, setChosen] = useState<string | null>(null);
  const [drafts, setDrafts] = useState<Readonly<Record<string, string>>>({});
  const shown = calls.find((one) => one.id === chosen);
  const newest = calls.findLast((one) => one.endedAt === null) ?? calls.at(-1);
  const isFree = shown === undefined || shown.endedAt !== null;
  // What comes in comes up by itself, but never over a call that the agent is at.
  useEffect(() => {
    if (isFree && newest !== undefined && newest.endedAt === null) setChosen(newest.id);
    else if (shown === undefined && newest !== undefined) setChosen(newest.id);
  }, [isFree, shown, newest]);
  return (
    <div className="columns side">
      {shown === undefined ? (
        <div className="card">
          <p className="empty">
            {problem ?? (connected ? "No call. The next one comes up here." : "Connecting…")}
          </p>
        </div>
      ) : (
        <AgentCall
          key={shown.id}
          call={shown}
          system={system}
          agent={agent.id}
          draft={drafts[shown.id] ?? ""}
          onDraft={(text) => setDrafts((known) => ({ ...known, [shown.id]: text }))}
        />
      )}
      <div>
        <Calls calls={calls} shown={shown} onChoose={setChosen} />
        {system.dials ? <Dial system={system.name} agent={agent.id} /> : null}
      </div>
    </div>
  );
}

function Calls({
  calls,
  shown,
  onChoose,
}: {
  readonly calls: readonly ShownCall[];
  readonly shown: ShownCall | undefined;
  readonly onChoose: (id: string) => void;
}) {
  if (calls.length === 0) return null;
  return (
    <section className="card" aria-label="Calls">
      <table className="rows">
        <tbody>
          {[...calls].reverse().map((call) => (
            <tr key={call.id} className={call.id === shown?.id ? "picked" : ""}>
              <td>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  px={0}
                  h="auto"
                  ta="left"
                  styles={{ label: { whiteSpace: "normal", overflowWrap: "anywhere" } }}
                  aria-pressed={call.id === shown?.id}
                  onClick={() => onChoose(call.id)}
                >
                  {nameOfCall(call)}
                </Button>
                <div className="faint">
                  {call.direction}, <Time at={call.startedAt} />
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Dial({ system, agent }: { readonly system: string; readonly agent: string }) {
  const [number, setNumber] = useState("");
  const dial = useDial(system, agent);
  return (
    <section className="card">
      <form
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          dial.mutate(number);
        }}
      >
        <TextInput
          label="Call a number"
          value={number}
          type="tel"
          minLength={2}
          maxLength={40}
          required
          onChange={(event) => setNumber(event.currentTarget.value)}
        />
        <Button mt={8} type="submit" loading={dial.isPending}>
          Ring me, then the number
        </Button>
        <Dialled dial={dial} />
      </form>
    </section>
  );
}
