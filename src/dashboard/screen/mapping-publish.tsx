import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Answer, call, type Problem } from "../api/client.ts";
import { diffLines, patchOf } from "../part/diff.ts";
import { ProblemNotice } from "../part/fault.tsx";
import { Source } from "../part/source.tsx";
import { Changes } from "./mapping-results.tsx";

type Mapping = Answer<"GET /flows/{name}/mapping">;

/** Puts the draft in force, with a note of why; where the hub may not write the folder there is the patch. */
export function Publish({
  name,
  mapping,
  text,
  ready,
}: {
  readonly name: string;
  readonly mapping: Mapping;
  readonly text: string;
  readonly ready: boolean;
}) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button disabled={!ready} onClick={() => setOpen(true)}>
        Publish…
      </Button>
      {open ? <Dialog name={name} mapping={mapping} text={text} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function Dialog({
  name,
  mapping,
  text,
  onClose,
}: {
  readonly name: string;
  readonly mapping: Mapping;
  readonly text: string;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const publish = useMutation<unknown, Problem>({
    mutationFn: () =>
      call("POST /flows/{name}/mapping/publish", {
        path: { name },
        body: { text, before: mapping.hash, reason },
      }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries();
    },
  });
  return (
    <Modal opened onClose={onClose} size="xl" title={`Publish the mapping of ${name}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          publish.mutate();
        }}
      >
        <Stack gap="sm">
          <Changes name={name} text={text} unreadable={false} />
          <Source lines>
            {diffLines(mapping.text, text)
              .filter(({ sign }) => sign !== " ")
              .map(({ sign, text: line, at }) => (
                <div key={at} className={sign === "+" ? "add" : "del"}>
                  {sign} {line}
                </div>
              ))}
          </Source>
          <TextInput
            label="Note: what changes, and why"
            description="Goes to the audit log with your name. Messages under way finish on the version they began with."
            value={reason}
            minLength={3}
            maxLength={1000}
            required
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {publish.error === null ? null : <ProblemNotice problem={publish.error} />}
          <Group justify="flex-end">
            <a
              className="link"
              download={`${name}.patch`}
              href={`data:text/x-patch;charset=utf-8,${encodeURIComponent(patchOf(mapping.path, mapping.text, text))}`}
            >
              Download as a patch
            </a>
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={publish.isPending} disabled={reason.trim().length < 3}>
              Publish
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
