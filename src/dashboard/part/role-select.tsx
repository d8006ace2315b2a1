import { NativeSelect } from "@mantine/core";
import type { Item } from "../api/client.ts";

export type Role = Item<"GET /users">["role"];

const ROLES: readonly { readonly value: Role; readonly label: string }[] = [
  { value: "viewer", label: "viewer: looks" },
  { value: "operator", label: "operator: pauses, replays, parks" },
  { value: "engineer", label: "engineer: deploys, sees payloads" },
  { value: "admin", label: "admin: everything" },
  { value: "agent", label: "agent: the desk alone" },
];

/** @param short only names, with a label that is heard and not seen: for a row of a table */
export function RoleSelect({
  label,
  short = false,
  role,
  onRole,
}: {
  readonly label: string;
  readonly short?: boolean;
  readonly role: Role;
  readonly onRole: (role: Role) => void;
}) {
  return (
    <NativeSelect
      {...(short
        ? { "aria-label": label, data: ROLES.map(({ value }) => value) }
        : { label, data: [...ROLES], mt: "sm" })}
      value={role}
      onChange={(event) => {
        const chosen = ROLES.find(({ value }) => value === event.currentTarget.value);
        if (chosen !== undefined) onRole(chosen.value);
      }}
    />
  );
}
