import { Button, Tooltip } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { call, type Operation, type Problem } from "../api/client.ts";
import { type Permission, useMay } from "../api/may.ts";
import type { Operations } from "../api/operations.ts";

/** A button that does one thing at once, and says what kept it from doing so. Who may not do it is not offered it. */
export function Lever<Name extends Operation>({
  name,
  operation,
  path,
  body,
  hint,
  permission = "operate",
}: {
  readonly name: string;
  readonly operation: Name;
  readonly path: Readonly<Record<string, string | number>>;
  readonly body?: Operations[Name]["body"];
  readonly hint?: string;
  readonly permission?: Permission;
}) {
  const may = useMay(permission);
  const client = useQueryClient();
  const act = useMutation<unknown, Problem>({
    mutationFn: () => call(operation, { path, ...(body === undefined ? {} : { body }) }),
    onSettled: () => client.invalidateQueries(),
  });
  if (!may) return null;
  return (
    <>
      <Tooltip label={hint ?? name} disabled={hint === undefined}>
        <Button size="compact-xs" variant="default" loading={act.isPending} onClick={() => act.mutate()}>
          {name}
        </Button>
      </Tooltip>
      {act.error === null ? null : (
        <div role="alert" className="notice bad">
          {act.error.message}. {act.error.cure}
        </div>
      )}
    </>
  );
}
