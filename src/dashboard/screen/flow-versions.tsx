import { Button, Group, Modal, Stack, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, call, type Problem } from "../api/client.ts";
import { useMay } from "../api/may.ts";
import { useApi } from "../api/use.ts";
import { DiffLines } from "../part/diff-lines.tsx";
import { ProblemNotice } from "../part/fault.tsx";
import { Loaded } from "../part/loaded.tsx";
import { May } from "../part/may.tsx";
import { Time } from "../part/time.tsx";

type Version = Answer<"GET /flows/{name}/versions">["items"][number];

/** Versions the hub has, newest first: what each would change, and the way back to it. */
export function Versions({ name }: { readonly name: string }) {
  const query = useApi("GET /flows/{name}/versions", { path: { name } });
  const [shown, setShown] = useState<string | null>(null);
  return (
    <section className="card">
      <header>
        <Title order={2}>Versions</Title>
        <span className="faint">newest first</span>
      </header>
      <Loaded query={query} lines={2}>
        {({ items }) => {
          const current = items.find((one) => one.inForce);
          const other = items.find((one) => one.hash === shown);
          return (
            <>
              <table className="rows">
                <tbody>
                  {items.map((version) => (
                    <VersionRow key={version.hash} version={version} onShow={() => setShown(version.hash)} />
                  ))}
                </tbody>
              </table>
              {current === undefined || other === undefined ? null : (
                <Compare name={name} from={current} to={other} onClose={() => setShown(null)} />
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function VersionRow({ version, onShow }: { readonly version: Version; readonly onShow: () => void }) {
  const mayChange = useMay("change");
  return (
    <tr>
      <td className="mono fit">{version.hash.slice(0, 8)}</td>
      <td>
        first in force <Time at={version.deployedAt} />
      </td>
      <td className="fit number">
        {version.inForce ? (
          <span className="pill good">in force</span>
        ) : (
          <Button size="compact-xs" variant="default" onClick={onShow}>
            {mayChange ? "Compare, roll back…" : "Compare…"}
          </Button>
        )}
      </td>
    </tr>
  );
}

/** What goes and what comes when the older version takes the place of the one in force. */
function Compare({
  name,
  from,
  to,
  onClose,
}: {
  readonly name: string;
  readonly from: Version;
  readonly to: Version;
  readonly onClose: () => void;
}) {
  const before = useApi("GET /flows/{name}/versions/{hash}", {
    path: { name, hash: from.hash },
    live: false,
  });
  const after = useApi("GET /flows/{name}/versions/{hash}", { path: { name, hash: to.hash }, live: false });
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const back = useMutation<unknown, Problem>({
    mutationFn: () =>
      call("POST /deploy", {
        body: {
          flows: [{ name, texts: { ...after.data?.texts } }],
          ...(reason === "" ? {} : { reason }),
        },
      }),
    onSuccess: async () => {
      await client.invalidateQueries();
      onClose();
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={`${name}: from ${from.hash.slice(0, 8)} back to ${to.hash.slice(0, 8)}`}
    >
      <Stack gap="sm">
        <Loaded query={after}>
          {(old) => <Loaded query={before}>{(now) => <Texts before={now.texts} after={old.texts} />}</Loaded>}
        </Loaded>
        <TextInput
          label="Reason, for the audit log"
          value={reason}
          maxLength={1000}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {back.error === null ? null : <ProblemNotice problem={back.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <May permission="change">
            <Button
              loading={back.isPending}
              disabled={after.data === undefined}
              onClick={() => back.mutate()}
            >
              Roll back to {to.hash.slice(0, 8)}
            </Button>
          </May>
        </Group>
      </Stack>
    </Modal>
  );
}

type TextsByPath = Readonly<Record<string, string>>;

function Texts({ before, after }: { readonly before: TextsByPath; readonly after: TextsByPath }) {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => before[path] !== after[path])
    .sort();
  if (paths.length === 0) return <p className="empty">The texts are the same.</p>;
  return paths.map((path) => (
    <section key={path} className="card">
      <header className="mono">{path}</header>
      <DiffLines before={before[path] ?? ""} after={after[path] ?? ""} />
    </section>
  ));
}
