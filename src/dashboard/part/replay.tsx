import { Button, Checkbox, Group, Modal, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { call, type Operation, type Problem } from "../api/client.ts";
import type { Operations } from "../api/operations.ts";
import { ProblemNotice } from "./fault.tsx";
import { ReplayProgress } from "./replay-progress.tsx";
import { Time } from "./time.tsx";

export type Selection = Operations["POST /replay"]["body"]["selection"];
type Plan = Operations["POST /replay/plan" & Operation]["answer"];

const NOTHING: Plan = { matched: 0, keys: 0, oldest: null, newest: null, sample: [] };

/** From so many on, the number is to be typed, so that nobody does it by a slip. */
const MANY = 100;

/** Replay in three steps: what it would touch, the yes of a person, and what became of it. */
export function ReplayDialog({
  selection,
  title,
  onClose,
}: {
  /** Asked for when the dialog opens, since finding all messages of a group takes a moment. */
  readonly selection: () => Promise<Selection | null>;
  readonly title: string;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const plan = useMutation<{ readonly selection: Selection; readonly plan: Plan }, Problem>({
    mutationFn: async () => {
      const found = await selection();
      if (found === null) return { selection: {}, plan: NOTHING };
      return { selection: found, plan: await call("POST /replay/plan", { body: { selection: found } }) };
    },
  });
  const run = useMutation<Plan, Problem, Operations["POST /replay"]["body"]>({
    mutationFn: (body) => call("POST /replay", { body }),
    onSuccess: () => client.invalidateQueries(),
  });
  const { mutate } = plan;
  useEffect(() => mutate(), [mutate]);
  const failed = plan.error ?? run.error;
  return (
    <Modal opened onClose={onClose} title={title}>
      <Stack gap="sm">
        {plan.isPending ? <Text size="sm">Counting what it would touch…</Text> : null}
        {failed === null ? null : <ProblemNotice problem={failed} />}
        {run.data !== undefined ? (
          <ReplayProgress report={run.data} ids={plan.data?.selection.messages ?? run.data.sample} />
        ) : plan.data === undefined ? null : (
          <Confirm
            plan={plan.data.plan}
            busy={run.isPending}
            onConfirm={(options) => run.mutate({ selection: plan.data.selection, ...options })}
          />
        )}
        {run.data === undefined ? null : (
          <Group justify="flex-end">
            <Button data-autofocus onClick={onClose}>
              Close
            </Button>
          </Group>
        )}
      </Stack>
    </Modal>
  );
}

type Options = Pick<Operations["POST /replay"]["body"], "version" | "allowStale" | "reason">;

function Confirm({
  plan,
  busy,
  onConfirm,
}: {
  readonly plan: Plan;
  readonly busy: boolean;
  readonly onConfirm: (options: Options) => void;
}) {
  const [version, setVersion] = useState<"current" | "same">("current");
  const [allowStale, setAllowStale] = useState(false);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const { matched, keys, oldest, newest } = plan;
  const sure = matched <= MANY || typed.trim() === String(matched);
  if (matched === 0)
    return <p className="notice">Nothing matches any more: somebody has mended it meanwhile.</p>;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (sure) onConfirm({ version, allowStale, ...(reason === "" ? {} : { reason }) });
      }}
    >
      <Stack gap="sm">
        <p className="notice">
          <strong>
            {matched} {matched === 1 ? "message" : "messages"} of {keys} {keys === 1 ? "key" : "keys"}
          </strong>{" "}
          accepted <Time at={oldest} />
          {oldest === newest ? null : (
            <>
              {" "}
              to <Time at={newest} />
            </>
          )}{" "}
          go down the path again, in the order they were accepted. Routes that ended well are left alone.
        </p>
        <NativeSelect
          label="Map with"
          value={version}
          onChange={(event) => setVersion(event.currentTarget.value === "same" ? "same" : "current")}
          data={[
            { value: "current", label: "the version in force (after a mend)" },
            { value: "same", label: "the version of the first time" },
          ]}
        />
        <Checkbox
          checked={allowStale}
          onChange={(event) => setAllowStale(event.currentTarget.checked)}
          label="Apply also what is older than what was applied since (overwrites newer data)"
        />
        <TextInput
          label="Reason, for the audit log"
          value={reason}
          maxLength={1000}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {matched <= MANY ? null : (
          <TextInput
            label={`Type ${matched} to confirm`}
            value={typed}
            inputMode="numeric"
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end">
          <Button type="submit" data-autofocus disabled={!sure} loading={busy}>
            Replay {matched}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
