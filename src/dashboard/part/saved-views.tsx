import { ActionIcon, Button, Group, Popover, Stack, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type MessagesSearch, messagesSearch } from "../search-params.ts";

interface View {
  readonly name: string;
  readonly search: MessagesSearch;
}

const STORED = "tieline-message-views";
const LONGEST_NAME = 60;

/** Filters with a name, kept by this browser; each is no more than an address, which can be sent to others. */
export function SavedViews({ search }: { readonly search: MessagesSearch }) {
  const [views, setViews] = useState(stored);
  const [name, setName] = useState("");
  const { cursor: _, ...filter } = search;
  const keep = (next: readonly View[]): void => {
    localStorage.setItem(STORED, JSON.stringify(next));
    setViews(next);
  };
  const title = name.trim();
  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default">Views{views.length === 0 ? "" : ` (${views.length})`}</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {views.length === 0 ? <span className="faint">No filter has a name yet.</span> : null}
          {views.map((view) => (
            <Group key={view.name} justify="space-between" wrap="nowrap">
              <Link className="link" to="/messages" search={view.search}>
                {view.name}
              </Link>
              <ActionIcon
                aria-label={`Forget ${view.name}`}
                onClick={() => keep(views.filter((one) => one.name !== view.name))}
              >
                ×
              </ActionIcon>
            </Group>
          ))}
          <form
            onSubmit={(event) => {
              event.preventDefault();
              keep([...views.filter((one) => one.name !== title), { name: title, search: filter }]);
              setName("");
            }}
          >
            <Group gap="xs" wrap="nowrap" align="end">
              <TextInput
                label="Name for the filters that are set"
                value={name}
                maxLength={LONGEST_NAME}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <Button type="submit" disabled={title === "" || Object.keys(filter).length === 0}>
                Keep
              </Button>
            </Group>
          </form>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What this browser has kept; what it cannot read is as if it were not there. */
function stored(): readonly View[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(STORED) ?? "[]");
    if (!Array.isArray(found)) return [];
    return found.flatMap((one: Partial<View> | null) =>
      typeof one?.name === "string" ? [{ name: one.name, search: messagesSearch({ ...one.search }) }] : [],
    );
  } catch {
    return [];
  }
}
