import { Button, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Answer, call, type Item, type Problem } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { counted } from "../part/counted.ts";
import { FailureNotice, ProblemNotice } from "../part/fault.tsx";
import { Head } from "../part/head.tsx";
import { Loaded } from "../part/loaded.tsx";
import { May } from "../part/may.tsx";
import { Pill } from "../part/pill.tsx";
import { span, Time } from "../part/time.tsx";

type System = Item<"GET /systems">;

/** The systems the hub joins, how they are, and a test of each. */
export function Systems() {
  const query = useApi("GET /systems");
  const flows = useApi("GET /flows");
  return (
    <>
      <Head title="Systems" at={query.dataUpdatedAt} />
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <div className="card">
              <p className="empty">No system is configured. They stand in tieline.yaml.</p>
            </div>
          ) : (
            items.map((system) => (
              <OneSystem key={system.name} system={system} flows={flows.data?.items ?? []} />
            ))
          )
        }
      </Loaded>
    </>
  );
}

function OneSystem({
  system,
  flows,
}: {
  readonly system: System;
  readonly flows: readonly Item<"GET /flows">[];
}) {
  const { name, connector, sources, gate, settings } = system;
  const check = useMutation<Answer<"POST /systems/{name}/check">, Problem>({
    mutationFn: () => call("POST /systems/{name}/check", { path: { name } }),
  });
  return (
    <section className="card">
      <header>
        <Title order={2}>{name}</Title>
        <span className="faint">connector {connector}</span>
        {gate?.breaker === null || gate === null ? null : <Pill word={gate.breaker} />}
        <span className="end">
          {check.data?.ok === true ? <span className="pill good">answers</span> : null}{" "}
          <May permission="operate">
            <Button
              size="compact-xs"
              variant="default"
              loading={check.isPending}
              onClick={() => check.mutate()}
            >
              Test the connection
            </Button>
          </May>
        </span>
      </header>
      {check.error === null ? null : <ProblemNotice problem={check.error} />}
      {check.data === undefined || check.data.failure === null ? null : (
        <FailureNotice failure={check.data.failure} />
      )}
      <div className="body">
        {gate === null ? null : (
          <p className="faint">
            {gate.failures} failures in a row
            {gate.recent === null ? "" : `, ${gate.recent} calls within its rate`}
            {gate.opensIn === null ? "" : `, next try in ${span(gate.opensIn)}`}
          </p>
        )}
        <Routes system={name} flows={flows} />
        {sources.map((source) => (
          <p key={source.name}>
            {source.name} <Pill word={source.state} />{" "}
            <Link className="link" to="/flows/$name" params={{ name: source.flow }}>
              {source.flow}
            </Link>
            {source.failure === null ? null : ` ${source.failure.title}: ${source.failure.message}`}
          </p>
        ))}
        <details>
          <summary>Settings, secrets as references</summary>
          <pre className="payload">{JSON.stringify(settings, null, 2)}</pre>
        </details>
      </div>
    </section>
  );
}

/** What goes out to the system, and what keeps it waiting. */
function Routes({
  system,
  flows,
}: {
  readonly system: string;
  readonly flows: readonly Item<"GET /flows">[];
}) {
  const routes = flows.flatMap(({ name, routes: all }) =>
    all.filter(({ to }) => to.startsWith(`${system}.`)).map((route) => ({ flow: name, ...route })),
  );
  return routes.map(({ flow, to, queued, stopped, waitingUntil }) => (
    <p key={`${flow} ${to}`}>
      {to} <Pill word={stopped !== null ? "stopped" : waitingUntil !== null ? "waiting" : "running"} />{" "}
      <Link className="link" to="/messages" search={{ flow, to, state: "open" }}>
        {counted(queued)} of {flow} queued
      </Link>
      {stopped === null ? null : <span> {stopped}</span>}
      {waitingUntil === null ? null : (
        <span className="faint">
          {" "}
          it does not answer; next attempt <Time at={waitingUntil} />
        </span>
      )}
    </p>
  ));
}
