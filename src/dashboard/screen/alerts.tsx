import { Button, SegmentedControl, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type Answer, call, type Item, type Problem } from "../api/client.ts";
import { useApi } from "../api/use.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { Head } from "../part/head.tsx";
import { Lever } from "../part/lever.tsx";
import { Listed } from "../part/listed.tsx";
import { Loaded } from "../part/loaded.tsx";
import { May } from "../part/may.tsx";
import { span, Time } from "../part/time.tsx";
import { useZone } from "../part/zone.tsx";

const route = getRouteApi("/alerts");

type Alert = Item<"GET /alerts">;

/** What the hub's own rules found wrong, and what they are. */
export function Alerts() {
  const { cursor, state } = route.useSearch();
  const navigate = route.useNavigate();
  const filter = state === undefined ? {} : { state };
  const query = useApi("GET /alerts", {
    query: { ...filter, ...(cursor === undefined ? {} : { cursor }) },
    live: cursor === undefined,
  });
  return (
    <>
      <Head title="Alerts" at={query.dataUpdatedAt}>
        <span className="faint">of all hubs of this store, newest first</span>
      </Head>
      <div className="filters">
        <SegmentedControl
          size="xs"
          aria-label="Which alerts"
          data={[
            { value: "", label: "All" },
            { value: "firing", label: "Firing now" },
          ]}
          value={state ?? ""}
          onChange={(value) => void navigate({ search: value === "firing" ? { state: "firing" } : {} })}
        />
      </div>
      <div className="card">
        <Listed
          query={query}
          cursor={cursor}
          empty={state === "firing" ? "Nothing fires now." : "No rule has found anything wrong yet."}
          onCursor={(to) => void navigate({ search: to === undefined ? filter : { ...filter, cursor: to } })}
        >
          {(items) => <AlertTable alerts={items} />}
        </Listed>
      </div>
      <Rules />
    </>
  );
}

function AlertTable({ alerts }: { readonly alerts: readonly Alert[] }) {
  const { zone } = useZone();
  return (
    <table className="rows fold">
      <thead>
        <tr>
          <th>State</th>
          <th>What is wrong</th>
          <th>Rule</th>
          <th>Fired ({zone})</th>
          <th>Resolved</th>
          <th>Seen by</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </tbody>
    </table>
  );
}

function AlertRow({ alert }: { readonly alert: Alert }) {
  const { id, rule, subject, detail, state, firedAt, resolvedAt, acknowledgedBy, mutedUntil } = alert;
  const muted = mutedUntil !== null && Date.parse(mutedUntil) > Date.now();
  return (
    <tr data-alert={id}>
      <td className="fit">
        <span className={`pill ${state === "firing" ? "bad" : "good"}`}>{state}</span>
      </td>
      <td className="wide">
        <strong>{subject}</strong>: {detail} <Why alert={alert} />
        {muted ? (
          <span className="faint">
            {" "}
            muted until <Time at={mutedUntil} />
          </span>
        ) : null}
      </td>
      <td className="fit">{rule}</td>
      <td className="fit">
        <Time at={firedAt} />
      </td>
      <td className="fit" data-name="resolved">
        <Time at={resolvedAt} />
      </td>
      <td className="fit" data-name="seen by">
        {acknowledgedBy ?? "nobody"}
      </td>
      <td className="fit number">
        {state === "firing" && acknowledgedBy === null ? (
          <Lever name="Acknowledge" operation="POST /alerts/{id}/acknowledge" path={{ id }} />
        ) : null}{" "}
        {muted ? (
          <Lever name="Unmute" operation="POST /alerts/{id}/mute" path={{ id }} body={{}} />
        ) : (
          <Lever
            name="Mute 1 h"
            operation="POST /alerts/{id}/mute"
            path={{ id }}
            body={{ for: "1h" }}
            hint="Nobody is told of it for an hour, also when it fires again"
          />
        )}
      </td>
    </tr>
  );
}

/** The way from an alert of the usual rules to what is behind it. */
function Why({ alert: { rule, subject } }: { readonly alert: Alert }) {
  const [flow = ""] = subject.split(" to ");
  if (rule === "parked")
    return (
      <Link className="link" to="/errors" search={{ flow }}>
        See why
      </Link>
    );
  if (rule === "messages-old")
    return (
      <Link className="link" to="/messages" search={{ flow, state: "open" }}>
        See what waits
      </Link>
    );
  if (rule === "route-stopped" || rule === "slot-missed")
    return (
      <Link className="link" to="/flows/$name" params={{ name: flow }}>
        See the flow
      </Link>
    );
  return rule === "system-down" ? (
    <Link className="link" to="/systems">
      Test it
    </Link>
  ) : null;
}

function Rules() {
  const query = useApi("GET /alert-rules", { live: false });
  return (
    <section className="card" style={{ marginTop: 12 }}>
      <header>
        <Title order={2}>Rules</Title>
        <span className="faint">
          they stand in tieline.yaml, under <code>alerts</code>
        </span>
      </header>
      <Loaded query={query} lines={4}>
        {({ items, tell, heartbeat }) => (
          <>
            <table className="rows fold">
              <thead>
                <tr>
                  <th>Rule</th>
                  <th>Fires when</th>
                  <th>Of</th>
                </tr>
              </thead>
              <tbody>
                {items.map((rule) => (
                  <tr key={rule.name}>
                    <td className="fit">{rule.name}</td>
                    <td className="wide">{ruleInWords(rule)}</td>
                    <td data-name="of">{rule.flow ?? rule.system ?? "all"}</td>
                  </tr>
                ))}
              </tbody>
            </table>
            <Channels tell={tell} />
            <div className="foot">
              {heartbeat
                ? "A watcher outside is called while the hub works, so it notices when the hub is silent."
                : "No watcher outside is called: alerts.heartbeat in tieline.yaml names one."}
            </div>
          </>
        )}
      </Loaded>
    </section>
  );
}

function Channels({ tell }: { readonly tell: readonly string[] }) {
  const test = useMutation<Answer<"POST /alerts/test">, Problem>({
    mutationFn: () => call("POST /alerts/test", { body: {} }),
  });
  if (tell.length === 0)
    return <div className="foot">Nobody is told outside: alerts.tell in tieline.yaml names sinks.</div>;
  return (
    <>
      <div className="foot">
        <span>Told: {tell.join(", ")}</span>
        <May permission="operate">
          <Button size="compact-xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            Send a test
          </Button>
        </May>
        {test.data?.items.map(({ to, failure }) => (
          <span key={to} role="status">
            {to}: {failure === null ? "took it" : `${failure.title}: ${failure.message}`}
          </span>
        ))}
      </div>
      {test.error === null ? null : <ProblemNotice problem={test.error} />}
    </>
  );
}

type Rule = Answer<"GET /alert-rules">["items"][number];

const MEANINGS: Readonly<Record<string, (rule: Rule) => string>> = {
  silence: (rule) => `no message came for ${span(rule.for)}`,
  age: (rule) => `the oldest that waits has waited longer than ${span(rule.for)}`,
  backlog: ({ above }) => `more than ${above.toLocaleString("en")} wait`,
  parked: ({ above }) => (above === 0 ? "any is parked" : `more than ${above} are parked`),
  "error-rate": (rule) =>
    `more than ${Math.round(rule.above * 1000) / 10} % of what ended in ${span(rule.for)} was parked or rejected`,
  stopped: () => "a route is stopped until a person mends the access",
  "slot-missed": () => "a planned run failed or did not happen",
  breaker: () => "a system fails and is left alone",
  disk: () => "the data disk has so little space that nothing is accepted",
};

function ruleInWords(rule: Rule): string {
  const meaning = MEANINGS[rule.when]?.(rule) ?? rule.when;
  const holds = ["silence", "age", "error-rate"].includes(rule.when) || rule.for === 0;
  return `${meaning}${holds ? "" : ` for ${span(rule.for)}`}; resolved when well for ${span(rule.clear)}`;
}
