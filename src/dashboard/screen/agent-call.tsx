import { Button, Radio, Textarea, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, call as callApi, type Problem } from "../api/client.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { Time } from "../part/time.tsx";
import { type CallCustomer, nameOfCall, type ShownCall, stageOfCall } from "./agent-calls.ts";
import { Dialled, useDial } from "./agent-dial.tsx";

const WHO: Readonly<Record<ShownCall["who"], string | null>> = {
  withheld: "The number is withheld: ask who is calling.",
  unknown: "Nobody is known with this number.",
  several: "Several customers have this number: ask who it is, and choose.",
  one: null,
};

/** What is written about the call and not saved yet; kept while another call is looked at. */
interface Draft {
  readonly draft: string;
  readonly onDraft: (text: string) => void;
}

interface At {
  readonly name: string;
  readonly notes: boolean;
  readonly dials: boolean;
}

/** One call: who it is, what to say, what was before, and a note. */
export function AgentCall({
  call,
  system,
  agent,
  ...draft
}: Draft & {
  readonly call: ShownCall;
  readonly system: At;
  readonly agent: string;
}) {
  const [chosen, setChosen] = useState<string | null>(null);
  const whose = call.who === "one" ? call.customers[0] : call.customers.find(({ id }) => id === chosen);
  const warning = WHO[call.who];
  return (
    <div>
      <section className="card">
        <header>
          <Title order={2}>{nameOfCall(call)}</Title>
          <span className={`pill ${call.endedAt === null ? "good" : "none"}`} role="status">
            {stageOfCall(call)}
          </span>
          <span className="faint">{factsOf(call)}</span>
        </header>
        {warning === null ? null : <p className="notice warn">{warning}</p>}
        <div className="body">
          {call.reason === null ? null : <p className="faint">Given to you: {call.reason}.</p>}
          {call.script === null ? null : <p className="script">{call.script}</p>}
          {call.who === "several" ? (
            <Radio.Group label="Who is it?" value={chosen} onChange={setChosen}>
              {call.customers.map(({ id, name }) => (
                <Radio key={id} mt={4} size="xs" value={id} label={`${name ?? "No name"} (${id})`} />
              ))}
            </Radio.Group>
          ) : null}
          {whose === undefined ? null : <Customer customer={whose} system={system} agent={agent} />}
        </div>
      </section>
      {system.notes ? (
        <Note call={call} customer={chosen} system={system.name} agent={agent} {...draft} />
      ) : null}
      {whose === undefined ? null : <History customer={whose} />}
    </div>
  );
}

function factsOf({ direction, number, withheld, name, line, talkSeconds }: ShownCall): string {
  const parts = [
    direction,
    withheld ? "number withheld" : (number ?? "no number"),
    name === null ? "" : `the network says “${name}”`,
    line === null ? "" : `on ${line}`,
    talkSeconds === null ? "" : `talked ${talkSeconds} s`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function Customer({
  customer: { id, golden },
  system,
  agent,
}: {
  readonly customer: CallCustomer;
  readonly system: At;
  readonly agent: string;
}) {
  const dial = useDial(system.name, agent);
  const facts = Object.entries(golden).flatMap(([name, value]) => {
    const text = plain(value);
    return text === "" ? [] : [{ name, text }];
  });
  return (
    <>
      <dl className="facts">
        {facts.map(({ name, text }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p>
        <Link className="link" to="/customers/$id" params={{ id }}>
          All of {id}
        </Link>{" "}
        {system.dials
          ? numbersOf(golden).map((number) => (
              <Button
                key={number}
                size="compact-xs"
                variant="default"
                loading={dial.isPending}
                onClick={() => dial.mutate(number)}
              >
                Call {number}
              </Button>
            ))
          : null}
      </p>
      <Dialled dial={dial} />
    </>
  );
}

function Note({
  call,
  customer,
  system,
  agent,
  draft: text,
  onDraft,
}: Draft & {
  readonly call: ShownCall;
  readonly customer: string | null;
  readonly system: string;
  readonly agent: string;
}) {
  // Sent again after a failure it bears the same name, so it is written once.
  const [name, setName] = useState(() => crypto.randomUUID());
  const save = useMutation<Answer<"POST /desk/notes">, Problem>({
    mutationFn: () =>
      callApi("POST /desk/notes", {
        body: { system, agent, id: name, call: call.id, text, ...(customer === null ? {} : { customer }) },
      }),
    onSuccess: () => {
      onDraft("");
      setName(crypto.randomUUID());
    },
  });
  return (
    <section className="card">
      <form
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Textarea
          label="Note"
          autosize
          minRows={3}
          maxLength={10_000}
          required
          value={text}
          onChange={(event) => onDraft(event.currentTarget.value)}
        />
        <Button mt={8} type="submit" loading={save.isPending}>
          Save the note
        </Button>
        {save.data === undefined ? null : (
          <span className="faint" role="status">
            {" "}
            {save.data.state === "parked" ? `Stored, but: ${save.data.answer}` : "Saved"}
          </span>
        )}
        {save.error === null ? null : <ProblemNotice problem={save.error} />}
      </form>
    </section>
  );
}

function History({ customer: { history } }: { readonly customer: CallCustomer }) {
  return (
    <section className="card">
      <header>
        <Title order={2}>What was before</Title>
      </header>
      {history.length === 0 ? (
        <p className="empty">Nothing is known.</p>
      ) : (
        <table className="rows fold">
          <tbody>
            {history.map(({ entity, at, values }) => (
              <tr key={`${entity} ${at} ${JSON.stringify(values)}`}>
                <td className="fit">
                  <Time at={at} />
                </td>
                <td className="fit">{plain(values["kind"] ?? entity)}</td>
                <td className="wide">
                  {[values["subject"], values["text"], values["agent"] && `agent ${plain(values["agent"])}`]
                    .map(plain)
                    .filter((part) => part !== "")
                    .join(", ")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function numbersOf({ phones }: CallCustomer["golden"]): readonly string[] {
  if (!Array.isArray(phones)) return [];
  const numbers = phones.map((phone: unknown) => (phone as { readonly number?: unknown } | null)?.number);
  return [...new Set(numbers.filter((number) => typeof number === "string"))];
}

/** A value in one line: lists with semicolons, objects by their values. */
function plain(value: unknown): string {
  if (value === null || value === undefined) return "";
  const list = Array.isArray(value) ? value : typeof value === "object" ? Object.values(value) : null;
  if (list === null) return String(value);
  return list
    .map(plain)
    .filter((part) => part !== "")
    .join(Array.isArray(value) ? "; " : ", ");
}
