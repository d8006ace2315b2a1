import { Kbd, Modal, Table } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { SCREENS } from "./screens.ts";

const IN_LISTS = [
  ["j  k", "the next row, the one before"],
  ["Enter", "open the row"],
  ["x", "choose the row"],
  ["r", "replay what is chosen, or the message that is open"],
] as const;

/** Keys that work everywhere but in fields; `?` shows them. */
export function Keys() {
  const [shown, setShown] = useState(false);
  const navigate = useNavigate();
  const leading = useRef(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
      if (leading.current) {
        leading.current = false;
        const screen = SCREENS.find((one) => one.key === event.key);
        if (screen !== undefined) void navigate({ to: screen.to });
        return;
      }
      if (event.key === "g") leading.current = true;
      else if (event.key === "?") setShown(true);
      else if (event.key === "/") {
        event.preventDefault();
        document.getElementById("search")?.focus();
      } else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
      else if (event.key === "x") press("input[type=checkbox]");
      else if (event.key === "r") document.querySelector<HTMLElement>("[data-key=r]")?.click();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate]);
  return (
    <Modal opened={shown} onClose={() => setShown(false)} title="Keys">
      <Table>
        <Table.Tbody>
          {SCREENS.map(({ key, name }) => (
            <Row key={key} keys={`g ${key}`} text={name} />
          ))}
          <Row keys="/" text="search" />
          {IN_LISTS.map(([keys, text]) => (
            <Row key={keys} keys={keys} text={text} />
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}

function Row({ keys, text }: { readonly keys: string; readonly text: string }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Kbd>{keys}</Kbd>
      </Table.Td>
      <Table.Td>{text}</Table.Td>
    </Table.Tr>
  );
}

/** Where letters are typed, and where a dialog has the word. */
function isField(target: EventTarget | null): boolean {
  if (document.querySelector("[role=dialog]") !== null) return true;
  if (!(target instanceof HTMLElement)) return false;
  const typed = target.matches("input:not([type=checkbox]), textarea, select");
  return typed || target.isContentEditable;
}

/** The way into a row is a link, so that the focus shows which row it is and Enter opens it. */
function step(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const row = document.activeElement?.closest("tr");
  const at = links.findIndex((link) => link.closest("tr") === row);
  const next = links[at === -1 ? (by === 1 ? 0 : links.length - 1) : at + by];
  next?.focus();
}

function press(selector: string): void {
  document.activeElement?.closest("tr")?.querySelector<HTMLElement>(selector)?.click();
}
