import { Button, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, call, type Problem } from "../api/client.ts";
import { useMay } from "../api/may.ts";
import { useApi } from "../api/use.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { Head } from "../part/head.tsx";
import { Needs } from "../part/needs.tsx";
import { Doctor } from "./admin-doctor.tsx";
import { Keys } from "./admin-keys.tsx";
import { Retention } from "./admin-retention.tsx";
import { Users } from "./admin-users.tsx";

/** Who may use the hub, whether anybody has tampered with what it wrote down, what it keeps, and how it is. */
export function Admin() {
  const isAdmin = useMay("administer");
  const users = useApi("GET /users", { enabled: isAdmin });
  if (!isAdmin)
    return (
      <>
        <Title order={1}>Admin</Title>
        <Needs permission="administer" />
      </>
    );
  return (
    <>
      <Head title="Admin" at={users.dataUpdatedAt} />
      <Users query={users} />
      <Keys />
      <Chain />
      <Retention />
      <Doctor />
    </>
  );
}

/** Walks along the chain of the audit log when asked to: it reads every entry. */
function Chain() {
  const [head, setHead] = useState("");
  const verify = useMutation<Answer<"GET /audit/verify">, Problem>({
    mutationFn: () =>
      call("GET /audit/verify", { query: head.trim() === "" ? {} : { head: head.trim().toLowerCase() } }),
  });
  return (
    <section className="card">
      <header>
        <Title order={2}>Chain of the audit log</Title>
        <span className="faint">each entry is sealed by the hash of the one before</span>
      </header>
      <form
        className="body"
        onSubmit={(event) => {
          event.preventDefault();
          verify.mutate();
        }}
      >
        <TextInput
          label="Head noted earlier, if any"
          description="Shows also that nothing was cut off since then"
          value={head}
          maxLength={64}
          onChange={(event) => setHead(event.currentTarget.value)}
        />
        <Button type="submit" mt="sm" loading={verify.isPending}>
          Verify
        </Button>
        <div role="status">{verify.data === undefined ? null : <Verdict report={verify.data} />}</div>
        {verify.error === null ? null : <ProblemNotice problem={verify.error} />}
      </form>
    </section>
  );
}

function Verdict({ report }: { readonly report: Answer<"GET /audit/verify"> }) {
  const { entries, unsealed, head, brokenAt, knows } = report;
  if (brokenAt !== null)
    return (
      <p className="notice bad">
        Entry {brokenAt} does not fit the {entries} before it: one of them was changed, added or taken out.
      </p>
    );
  if (knows === false)
    return <p className="notice bad">That head is not in the log: entries were cut off or written anew.</p>;
  return (
    <p className="notice good">
      All {entries} entries fit{unsealed === 0 ? "" : `; the first ${unsealed} are older than the chain`}.
      Head: <span className="mono">{head ?? "none yet"}</span>
    </p>
  );
}
