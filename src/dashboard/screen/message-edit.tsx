import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, call, callBytes, Problem } from "../api/client.ts";
import { Editor } from "../editor/editor.tsx";
import { FailureNotice, ProblemNotice } from "../part/fault.tsx";
import { Loaded } from "../part/loaded.tsx";
import { bytesInWords } from "../part/payload.tsx";
import { Source } from "../part/source.tsx";

type Plan = Answer<"POST /messages/{id}/edited/plan">;

/** Longer bodies are edited in a file. Bytes. */
const MOST_EDITED = 1024 * 1024;

/** Replay of one message with another body: first a dry run, then the act, as a new message. */
export function EditedReplay({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const body = useQuery<string, Problem>({
    queryKey: ["body to edit", id],
    queryFn: () => bodyOf(id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  return (
    <Modal opened onClose={onClose} title={`Replay ${id} edited`} size="xl">
      <Loaded query={body} lines={8}>
        {(text) => <Edit id={id} original={text} onClose={onClose} />}
      </Loaded>
    </Modal>
  );
}

/** The body as text, when the hub makes the same bytes of it again. @throws Problem */
async function bodyOf(id: string): Promise<string> {
  const { bytes, size } = await callBytes("GET /messages/{id}/raw", { path: { id }, query: { all: true } });
  const cure = `Edit it in a file: tieline replay ${id} --edited <file>`;
  if (size > MOST_EDITED)
    throw new Problem({ title: `A body of ${bytesInWords(size)} is too long for a page`, cure });
  const text = textOf(bytes);
  const same = await plan(id, text);
  if (same.before === same.after) return text;
  throw new Problem({ title: "The body cannot be written as text without changing it", cure });
}

/** With its byte order mark, if it has one. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function plan(id: string, text: string): Promise<Plan> {
  return call("POST /messages/{id}/edited/plan", { path: { id }, body: { text } });
}

function Edit({
  id,
  original,
  onClose,
}: {
  readonly id: string;
  readonly original: string;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const [text, setText] = useState(original);
  const [allowStale, setAllowStale] = useState(false);
  const [reason, setReason] = useState("");
  const tried = useMutation<{ readonly text: string; readonly plan: Plan }, Problem>({
    mutationFn: async () => ({ text, plan: await plan(id, text) }),
  });
  const run = useMutation<{ readonly id: string }, Problem>({
    mutationFn: () =>
      call("POST /messages/{id}/edited", {
        path: { id },
        body: { text, allowStale, ...(reason === "" ? {} : { reason }) },
      }),
    onSuccess: () => client.invalidateQueries(),
  });
  if (run.data !== undefined) return <Done id={id} copy={run.data.id} onClose={onClose} />;
  const found = tried.data?.text === text ? tried.data.plan : undefined;
  const sure = found !== undefined && found.failure === null && (found.newer === null || allowStale);
  const failed = run.error ?? tried.error;
  return (
    <Stack gap="sm">
      <Editor name={`Body of ${id}`} text={text} onChange={setText} />
      {failed === null ? null : <ProblemNotice problem={failed} />}
      {found === undefined ? (
        <Text size="sm" className="faint">
          {text === original ? "Nothing is changed yet. " : ""}A dry run shows what would come of it and
          stores nothing.
        </Text>
      ) : (
        <Found plan={found} />
      )}
      {found === undefined || found.newer === null ? null : (
        <Checkbox
          checked={allowStale}
          onChange={(event) => setAllowStale(event.currentTarget.checked)}
          label={`Replay it all the same, after ${found.newer} (overwrites newer data)`}
        />
      )}
      <TextInput
        label="Reason, for the audit log"
        value={reason}
        maxLength={1000}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button
          variant={sure ? "default" : "filled"}
          loading={tried.isPending}
          onClick={() => tried.mutate()}
        >
          Dry run
        </Button>
        <Button disabled={!sure} loading={run.isPending} onClick={() => run.mutate()}>
          Replay as a new message
        </Button>
      </Group>
    </Stack>
  );
}

/** What would come of the copy. */
function Found({ plan: found }: { readonly plan: Plan }) {
  const { failure, mapped, routes, key, keyBefore, newer, heldBack, before, after } = found;
  return (
    <div role="status">
      {before === after ? <p className="notice">The body is as it was received.</p> : null}
      {key === keyBefore ? null : (
        <p className="notice warn">
          Its key is another one: {key ?? "none"} instead of {keyBefore ?? "none"}.
        </p>
      )}
      {newer === null ? null : (
        <p className="notice warn">
          <span className="mono">{newer}</span>, newer of this key, has been applied since. The copy takes the
          next place, so it would take effect after it.
        </p>
      )}
      {heldBack ? (
        <p className="notice warn">
          The original is parked and stays so. Discard it, so that it does not hold back its key.
        </p>
      ) : null}
      {failure === null ? (
        <>
          <p className="notice good">
            It would go to {routes.length === 0 ? "no route" : routes.join(", ")}. Nothing is stored yet.
          </p>
          <Source>{JSON.stringify(mapped, null, 2)}</Source>
        </>
      ) : (
        <FailureNotice failure={failure} />
      )}
    </div>
  );
}

function Done({
  id,
  copy,
  onClose,
}: {
  readonly id: string;
  readonly copy: string;
  readonly onClose: () => void;
}) {
  return (
    <Stack gap="sm">
      <p className="notice good" role="status">
        Replayed as{" "}
        <Link className="link mono" to="/messages/$id" params={{ id: copy }} onClick={onClose}>
          {copy}
        </Link>
        ; {id} is as it was.
      </p>
      <Group justify="flex-end">
        <Button data-autofocus onClick={onClose}>
          Close
        </Button>
      </Group>
    </Stack>
  );
}
