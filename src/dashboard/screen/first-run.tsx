import { Button, CopyButton, NativeSelect, TextInput, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useApi } from "../api/use.ts";
import { Loaded } from "../part/loaded.tsx";
import { FirstAccount, useNoAccount } from "./first-account.tsx";

const PUT_AWAY = "tieline-first-run";

/** What a hub shows until something has crossed it: what it is, and how to begin. */
export function FirstRun() {
  const messages = useApi("GET /messages", { query: { limit: 1 } });
  const files = useApi("GET /files", { query: { limit: 1 } });
  const noAccount = useNoAccount();
  const [away, setAway] = useState(() => localStorage.getItem(PUT_AWAY) === "yes");
  const isEmpty = messages.data?.items.length === 0 && files.data?.items.length === 0;
  if (away || (!isEmpty && !noAccount)) return null;
  const putAway = (): void => {
    localStorage.setItem(PUT_AWAY, "yes");
    setAway(true);
  };
  return (
    <section className="card" aria-label="First steps">
      <header>
        <Title order={2}>
          {isEmpty ? "Nothing has crossed this hub yet" : "Nobody has an account here yet"}
        </Title>
        <span className="end">
          <Button size="compact-xs" variant="default" onClick={putAway}>
            Put away
          </Button>
        </span>
      </header>
      {isEmpty ? (
        <Steps noAccount={noAccount} />
      ) : (
        <div className="body">
          <FirstAccount />
        </div>
      )}
    </section>
  );
}

function Steps({ noAccount }: { readonly noAccount: boolean }) {
  return (
    <ol className="steps">
      <li>
        <h3>What it does</h3>
        <p>
          Systems send it messages and files. It stores each before it says yes, maps it, and delivers it in
          order to the customer repository and to every other system that wants it. What fails waits here with
          its reason.
        </p>
      </li>
      {noAccount ? (
        <li>
          <h3>Make your account</h3>
          <FirstAccount />
        </li>
      ) : null}
      <li>
        <h3>See it with examples, or begin empty</h3>
        <p>A new data folder lets the samples of all flows cross once; this hub stays as it is:</p>
        <CommandLine text="npx tieline start --data ./example-data --listen 127.0.0.1:8401" />
      </li>
      <li>
        <h3>Make the first flow</h3>
        <NewFlow />
      </li>
      <li>
        <h3>Where to go next</h3>
        <p>
          <Link className="link" to="/systems">
            Test the connections
          </Link>{" "}
          of your systems, see{" "}
          <Link className="link" to="/flows">
            which flows are in force
          </Link>
          , and{" "}
          <Link className="link" to="/alerts">
            whom the hub tells
          </Link>{" "}
          when something is wrong. Press <kbd>?</kbd> for the keys.
        </p>
      </li>
    </ol>
  );
}

/** The commands that make a flow of what is chosen. */
function NewFlow() {
  const systems = useApi("GET /systems", { live: false });
  const [name, setName] = useState("my-first-flow");
  const [system, setSystem] = useState("");
  const [source, setSource] = useState("orders");
  return (
    <Loaded query={systems} lines={2}>
      {({ items }) => {
        const from = system === "" ? "topic:order.changed" : `${system}.${source}`;
        return (
          <>
            <div className="filters">
              <TextInput
                label="Name"
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                error={/^[a-z][a-z0-9-]{0,63}$/.test(name) ? undefined : "lower-case letters, digits, dashes"}
              />
              <NativeSelect
                label="Reads from"
                value={system}
                data={[
                  { value: "", label: "what the repository publishes" },
                  ...items.map((one) => ({ value: one.name, label: `${one.name} (${one.connector})` })),
                ]}
                onChange={(event) => setSystem(event.currentTarget.value)}
              />
              {system === "" ? null : (
                <TextInput
                  label="Its source, as tieline.yaml names it"
                  value={source}
                  onChange={(event) => setSource(event.currentTarget.value)}
                />
              )}
            </div>
            <CommandLine text={`npx tieline new flow ${name} --from ${from}`} />
            <CommandLine text={`npx tieline check && npx tieline test ${name}`} />
            <p className="faint">
              It makes a folder with a mapping, its schemas and a case, and comes into force when it is saved.
              A system that is not in the list is named in tieline.yaml first.
            </p>
          </>
        );
      }}
    </Loaded>
  );
}

function CommandLine({ text }: { readonly text: string }) {
  return (
    <p className="command">
      <code>{text}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" onClick={copy}>
            {copied ? "Copied" : "Copy"}
          </Button>
        )}
      </CopyButton>
    </p>
  );
}
