import { TextInput } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "../api/client.ts";

/** One field for any id that people have at hand: a message, customer or file of ours, or a key of theirs. */
export function Search() {
  const [text, setText] = useState("");
  const [said, setSaid] = useState("");
  const { history } = useRouter();
  const find = async (): Promise<void> => {
    const id = text.trim();
    if (id === "") return;
    setSaid("");
    const found = await lookUp(id);
    if (found === null) {
      setSaid(`nothing is known by “${id}”`);
      return;
    }
    setText("");
    history.push(found);
  };
  return (
    <search className="search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          find().catch(() => setSaid("the hub does not answer"));
        }}
      >
        <TextInput
          id="search"
          aria-label="Search by any id"
          placeholder="Paste any id: message, key, customer, file, phone, e-mail   ( / )"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setSaid("");
          }}
          error={said === "" ? undefined : said}
          errorProps={{ role: "status" }}
        />
      </form>
    </search>
  );
}

/** The address of what an id names, asked from the most exact to the widest; null: nothing has it. */
async function lookUp(text: string): Promise<string | null> {
  const message = /^m-\d{1,15}/.exec(text)?.[0];
  if (message !== undefined) return `/messages/${message}`;
  if (/^c-\d{1,15}$/.test(text)) return `/customers/${text}`;
  const file = /^(?:f-|file[ -]?)(\d{1,15})$/i.exec(text)?.[1];
  if (file !== undefined) return `/files/${file}`;
  const [keyed, customers] = await Promise.all([
    call("GET /messages", { query: { key: text.slice(0, 1024), limit: 2 } }),
    call("GET /customers", { query: { q: text.slice(0, 256), limit: 2 } }).catch(() => ({ items: [] })),
  ]);
  const [only] = keyed.items;
  if (only !== undefined)
    return keyed.items.length === 1 ? `/messages/${only.id}` : `/messages?key=${encodeURIComponent(text)}`;
  const [customer] = customers.items;
  if (customer === undefined) return null;
  return customers.items.length === 1
    ? `/customers/${customer.id}`
    : `/customers?q=${encodeURIComponent(text)}`;
}
