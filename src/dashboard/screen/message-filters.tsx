import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useApi } from "../api/use.ts";
import type { MessagesSearch } from "../search-params.ts";

const STATES = ["open", "parked", "waiting", "held", "queued", "sending", "done", "rejected"];
const OUTCOMES = [
  "applied",
  "without-effect",
  "unchanged",
  "stale",
  "superseded",
  "duplicate",
  "filtered",
  "rejected",
  "discarded",
];
const SPANS = [
  { value: "", label: "any time" },
  { value: "15m", label: "last 15 min" },
  { value: "1h", label: "last hour" },
  { value: "24h", label: "last 24 h" },
  { value: "7d", label: "last 7 days" },
];

/** What the list is narrowed by. It lives in the address, so that a link shows the same. */
export function MessageFilters({
  search,
  onChange,
}: {
  readonly search: MessagesSearch;
  readonly onChange: (to: MessagesSearch) => void;
}) {
  const flows = useApi("GET /flows", { live: false });
  const { cursor: _, ...filter } = search;
  const set = (change: MessagesSearch): void => onChange({ ...filter, ...change });
  const names = flows.data?.items.map((flow) => flow.name) ?? [];
  const { since } = search;
  const spans = SPANS.some((one) => one.value === (since ?? ""))
    ? SPANS
    : [...SPANS, { value: since ?? "", label: `since ${since}` }];
  return (
    <search className="filters" aria-label="Filters">
      <Choice
        label="Flow"
        of={withShown(names, search.flow)}
        value={search.flow}
        onChange={(flow) => set({ flow })}
      />
      <Choice
        label="State"
        of={withShown(STATES, search.state)}
        value={search.state}
        onChange={(state) => set({ state })}
      />
      <Choice
        label="Outcome"
        of={withShown(OUTCOMES, search.outcome)}
        value={search.outcome}
        onChange={(outcome) => set({ outcome })}
      />
      <Typed label="Key" value={search.key} onChange={(key) => set({ key })} />
      <Typed label="Error code" value={search.code} onChange={(code) => set({ code })} />
      <NativeSelect
        label="Accepted"
        data={spans}
        value={since ?? ""}
        onChange={(event) => set({ since: event.currentTarget.value })}
      />
      {search.to === undefined ? null : (
        <Fixed text={`to ${search.to}`} onClear={() => onChange(without(filter, "to"))} />
      )}
      {search.endedSince === undefined ? null : (
        <Fixed
          text={`ended since ${search.endedSince}`}
          onClear={() => onChange(without(filter, "endedSince"))}
        />
      )}
      {search.file === undefined ? null : (
        <Fixed text={`file ${search.file}`} onClear={() => onChange(without(filter, "file"))} />
      )}
      {search.fingerprint === undefined ? null : (
        <Fixed
          text={`cause ${search.fingerprint}`}
          onClear={() => onChange(without(filter, "fingerprint"))}
        />
      )}
      {search.until === undefined ? null : (
        <Fixed text={`until ${search.until}`} onClear={() => onChange(without(filter, "until"))} />
      )}
      {Object.keys(filter).length === 0 ? null : (
        <Button variant="subtle" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </search>
  );
}

function Choice({
  label,
  of,
  value,
  onChange,
}: {
  readonly label: string;
  readonly of: readonly string[];
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  return (
    <NativeSelect
      label={label}
      data={[{ value: "", label: "any" }, ...of]}
      value={value ?? ""}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Taken over with Enter, or when the field is left. */
function Typed({
  label,
  value = "",
  onChange,
}: {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}) {
  const [draft, setDraft] = useState({ from: value, text: value });
  const text = draft.from === value ? draft.text : value;
  const take = (): void => {
    if (text.trim() !== value) onChange(text.trim());
  };
  return (
    <TextInput
      label={label}
      w={130}
      value={text}
      onChange={(event) => setDraft({ from: value, text: event.currentTarget.value })}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
      }}
    />
  );
}

function Fixed({ text, onClear }: { readonly text: string; readonly onClear: () => void }) {
  return (
    <Button variant="default" onClick={onClear} aria-label={`Without ${text}`}>
      {text} ×
    </Button>
  );
}

/** What the address says is shown, even where it is not among what is offered. */
function withShown(offered: readonly string[], shown: string | undefined): readonly string[] {
  return shown === undefined || offered.includes(shown) ? offered : [...offered, shown];
}

function without(filter: MessagesSearch, name: keyof MessagesSearch): MessagesSearch {
  return Object.fromEntries(Object.entries(filter).filter(([key]) => key !== name));
}
