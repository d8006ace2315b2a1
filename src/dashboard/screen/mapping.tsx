import { Button, NativeSelect, SegmentedControl, Textarea, Title } from "@mantine/core";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useMay } from "../api/may.ts";
import { useApi } from "../api/use.ts";
import { Editor, type TextPlace } from "../editor/editor.tsx";
import { Loaded } from "../part/loaded.tsx";
import { Needs } from "../part/needs.tsx";
import { Source, SourceAt } from "../part/source.tsx";
import { Cases } from "./mapping-cases.tsx";
import { useDraft, useSettled } from "./mapping-draft.ts";
import { Publish } from "./mapping-publish.tsx";
import { Changes, Coverage, Findings, Output } from "./mapping-results.tsx";

const route = getRouteApi("/flows/$name/mapping");

type Mapping = Answer<"GET /flows/{name}/mapping">;

/** Work on the mapping of a flow: a sample, the text, and what comes of it at each key. */
export function MappingWorkbench() {
  const { name } = route.useParams();
  const { line, column = 1 } = route.useSearch();
  const at = line === undefined ? null : { line, column };
  const mayChange = useMay("change");
  const query = useApi("GET /flows/{name}/mapping", { path: { name }, live: false });
  return (
    <>
      {query.data === undefined && (
        <div className="head">
          <Title order={1}>{name}: mapping</Title>
        </div>
      )}
      <Loaded query={query}>
        {(mapping) =>
          mayChange ? (
            <Bench key={mapping.hash} name={name} mapping={mapping} at={at} />
          ) : (
            <InForce name={name} mapping={mapping} at={at} />
          )
        }
      </Loaded>
    </>
  );
}

interface Shown {
  readonly name: string;
  readonly mapping: Mapping;
  /** Where the address leads in the text. */
  readonly at: TextPlace | null;
}

/** The mapping as it is, for those who may not change it. */
function InForce({ name, mapping, at }: Shown) {
  return (
    <>
      <div className="head">
        <Title order={1}>{name}: mapping</Title>
        <FlowLink name={name} />
        <span className="faint mono">{mapping.path}</span>
        <span className="pill good">as in force</span>
      </div>
      <section className="card">
        {at === null ? <Source>{mapping.text}</Source> : <SourceAt text={mapping.text} line={at.line} />}
        <Needs permission="change" />
      </section>
    </>
  );
}

function FlowLink({ name }: { readonly name: string }) {
  return (
    <Link className="link" to="/flows/$name" params={{ name }}>
      flow
    </Link>
  );
}

const TABS = ["Output", "Changes", "Schema", "Coverage"] as const;
type Tab = (typeof TABS)[number];

interface Chosen {
  /** `case <name>`, a message's id, or empty for what was pasted. */
  readonly from: string;
  readonly text: string;
}

function Bench({ name, mapping, at }: Shown) {
  const [text, setText] = useState(mapping.text);
  const first = mapping.cases.find((one) => one.text !== null);
  const [sample, setSample] = useState<Chosen>({
    from: first === undefined ? "" : `case ${first.name}`,
    text: first?.text ?? "{}",
  });
  const [tab, setTab] = useState<Tab>("Output");
  const settled = useSettled(text, 150);
  const tried = useSettled(sample, 150);
  const evaluation = useDraft("POST /flows/{name}/mapping/evaluate", name, {
    text: settled,
    sample: tried.text,
    ...(tried.from.startsWith("case ") ? { case: tried.from.slice(5) } : {}),
  });
  const problems = evaluation.data?.problems ?? [];
  const inMapping = problems.filter((one) => one.in === "mapping");
  const unreadable = inMapping.some((one) => one.code === "TL_MAPPING_INVALID");
  return (
    <>
      <div className="head">
        <Title order={1}>{name}: mapping</Title>
        <FlowLink name={name} />
        <span className="faint mono">{mapping.path}</span>
        {text === mapping.text ? (
          <span className="pill good">as in force</span>
        ) : (
          <span className="pill warn">draft</span>
        )}
        <span className="end">
          <Button variant="subtle" disabled={text === mapping.text} onClick={() => setText(mapping.text)}>
            Take back
          </Button>
          <Publish name={name} mapping={mapping} text={text} ready={!unreadable && text !== mapping.text} />
        </span>
      </div>
      <div className="workbench">
        <Sample name={name} mapping={mapping} sample={sample} onChange={setSample} />
        <section className="card">
          <header>
            <Title order={2}>Mapping</Title>
            <span className="faint">Ctrl-Space completes; lint is the hub's own</span>
          </header>
          <Editor
            name="Mapping"
            text={text}
            onChange={setText}
            at={at}
            marks={inMapping}
            vocabulary={{ functions: mapping.functions, fields: mapping.source }}
          />
          <Findings problems={problems} />
        </section>
        <section className="card">
          <header>
            <SegmentedControl
              size="xs"
              aria-label="What to show"
              data={[...TABS]}
              value={tab}
              onChange={(value) => setTab(value as Tab)}
            />
          </header>
          {tab === "Changes" ? (
            <Changes name={name} text={text} unreadable={unreadable} />
          ) : (
            <Loaded query={evaluation}>
              {(found) =>
                tab === "Output" ? (
                  <Output found={found} />
                ) : tab === "Schema" ? (
                  <Findings problems={found.problems.filter((one) => one.field !== null)} empty />
                ) : (
                  <Coverage found={found} />
                )
              }
            </Loaded>
          )}
        </section>
      </div>
      <Cases name={name} text={text} unreadable={unreadable} />
    </>
  );
}

/** Where the record comes from that the mapping is tried on; it may be changed by hand. */
function Sample({
  name,
  mapping,
  sample,
  onChange,
}: {
  readonly name: string;
  readonly mapping: Mapping;
  readonly sample: Chosen;
  readonly onChange: (sample: Chosen) => void;
}) {
  const recent = useApi("GET /flows/{name}/mapping/samples", { path: { name }, live: false });
  const messages = recent.data?.items ?? [];
  const cases = mapping.cases.filter((one) => one.text !== null);
  const choose = (from: string): void => {
    const text =
      cases.find((one) => `case ${one.name}` === from)?.text ?? messages.find((one) => one.id === from)?.text;
    onChange({ from, text: text ?? sample.text });
  };
  return (
    <section className="card">
      <header>
        <Title order={2}>Sample</Title>
      </header>
      <div className="body">
        <NativeSelect
          label="Try it on"
          value={sample.from}
          onChange={(event) => choose(event.currentTarget.value)}
          data={[
            { value: "", label: "the record below" },
            { group: "Cases", items: cases.map((one) => ({ value: `case ${one.name}`, label: one.name })) },
            {
              group: "Newest messages",
              items: messages.map(({ id, key }) => ({
                value: id,
                label: key === null ? id : `${id}  ${key}`,
              })),
            },
          ]}
        />
        <Textarea
          mt="sm"
          label="Record, JSON"
          classNames={{ input: "mono sample" }}
          value={sample.text}
          onChange={(event) => onChange({ from: "", text: event.currentTarget.value })}
          autosize
          minRows={14}
          maxRows={30}
        />
      </div>
    </section>
  );
}
