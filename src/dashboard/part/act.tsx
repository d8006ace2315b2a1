import { Button, Group, Modal, Progress, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, Problem } from "../api/client.ts";

export type Act = "park" | "discard";

const WORDS: Readonly<Record<Act, { readonly name: string; readonly what: string }>> = {
  park: {
    name: "Park",
    what: "leave their path and wait for a person. What comes after them with the same key waits too, where the order matters.",
  },
  discard: {
    name: "Discard",
    what: "end without effect, for good. What waits behind them goes on. They stay visible, and can be replayed.",
  },
};

interface Done {
  readonly done: number;
  readonly refused: readonly { readonly id: string; readonly why: string }[];
}

/** One act on some messages, one after the other; what is refused is told and does not stop the rest. */
export function ActDialog({
  act,
  messages,
  onClose,
}: {
  readonly act: Act;
  readonly messages: readonly string[];
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [progress, setProgress] = useState(0);
  const run = useMutation<Done, Problem>({
    mutationFn: async () => {
      const refused: { id: string; why: string }[] = [];
      for (const [index, id] of messages.entries()) {
        try {
          await call(`POST /messages/{id}/${act}`, { path: { id }, body: reason === "" ? {} : { reason } });
        } catch (error) {
          if (!(error instanceof Problem) || error.status === 401) throw error;
          refused.push({ id, why: error.message });
        }
        setProgress(index + 1);
      }
      return { done: messages.length - refused.length, refused };
    },
    onSettled: () => client.invalidateQueries(),
  });
  const { name, what } = WORDS[act];
  return (
    <Modal opened onClose={onClose} title={`${name} ${messages.length}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (run.data === undefined) run.mutate();
          else onClose();
        }}
      >
        <Stack gap="sm">
          {run.data === undefined ? (
            <>
              <p className="notice">
                {messages.length === 1 ? messages[0] : `${messages.length} messages`}: {what}
              </p>
              <TextInput
                label="Reason, for the audit log"
                value={reason}
                maxLength={1000}
                data-autofocus
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            </>
          ) : (
            <div role="status">
              <p className={run.data.refused.length === 0 ? "notice good" : "notice warn"}>
                {run.data.done} done, {run.data.refused.length} refused
              </p>
              <ul>
                {run.data.refused.map(({ id, why }) => (
                  <li key={id}>
                    <span className="mono">{id}</span> {why}
                  </li>
                ))}
              </ul>
            </div>
          )}
          {run.isPending ? (
            <Progress aria-label="Progress" value={(progress / messages.length) * 100} />
          ) : null}
          {run.error === null ? null : <p className="notice bad">{run.error.message}</p>}
          <Group justify="flex-end">
            <Button
              type="submit"
              loading={run.isPending}
              color={act === "discard" && run.data === undefined ? "red" : "tie"}
            >
              {run.data === undefined ? name : "Close"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
