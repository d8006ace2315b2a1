import { Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, type Item, type Problem } from "../api/client.ts";
import type { Operations } from "../api/operations.ts";
import { ProblemNotice } from "./fault.tsx";

type Lasts = Omit<Operations["POST /error-groups/{fingerprint}/mute"]["body"], "flow" | "reason">;

const UNTIL = [
  { value: "1h", label: "for 1 hour" },
  { value: "1d", label: "for 1 day" },
  { value: "until", label: "until a time" },
  { value: "changed", label: "until the flow changes" },
];

/** A cause of errors needs nobody for a while: it leaves what needs a person, and its alerts, and comes back by itself. */
export function MuteDialog({
  group: { flow, fingerprint, failure },
  onClose,
}: {
  readonly group: Item<"GET /error-groups">;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const [lasts, setLasts] = useState("1h");
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const mute = useMutation<unknown, Problem>({
    mutationFn: () =>
      call("POST /error-groups/{fingerprint}/mute", {
        path: { fingerprint },
        body: { flow, ...lastsFor(lasts, until), ...(reason === "" ? {} : { reason }) },
      }),
    onSuccess: async () => {
      await client.invalidateQueries();
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Mute: ${failure.title}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          mute.mutate();
        }}
      >
        <Stack gap="sm">
          <p className="notice">
            It leaves what needs a person, and nobody is told of it. It stays under “Muted”, and comes back by
            itself.
          </p>
          <NativeSelect
            label="For how long"
            data={UNTIL}
            value={lasts}
            data-autofocus
            onChange={(event) => setLasts(event.currentTarget.value)}
          />
          {lasts === "until" ? (
            <TextInput
              type="datetime-local"
              label="Until, in the time of this computer"
              value={until}
              required
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
          ) : null}
          <TextInput
            label="Reason, for the audit log"
            value={reason}
            maxLength={1000}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {mute.error === null ? null : <ProblemNotice problem={mute.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={mute.isPending}>
              Mute
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function lastsFor(lasts: string, until: string): Lasts {
  if (lasts === "changed") return { untilChanged: true };
  return lasts === "until" ? { until: new Date(until).getTime() } : { for: lasts };
}
