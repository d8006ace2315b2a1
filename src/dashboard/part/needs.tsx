import type { ReactNode } from "react";
import { type Permission, useMay } from "../api/may.ts";

const WHO: Readonly<Record<Permission, string>> = {
  read: "This is for viewers, operators, engineers and administrators.",
  operate: "This is for operators, engineers and administrators.",
  change: "Mappings are tried and changed by engineers and administrators.",
  reveal: "Personal data is revealed to operators, engineers and administrators.",
  payloads: "Payloads are for engineers, administrators, and those to whom they were opened.",
  desk: "Calls are for agents, operators, engineers and administrators.",
  administer: "This is for administrators.",
};

/** What is asked of the hub only by those who may have it; others read whom it is for, and nothing is asked. */
export function Needs({
  permission,
  children,
}: {
  readonly permission: Permission;
  readonly children?: ReactNode;
}) {
  if (useMay(permission)) return children;
  return (
    <div className="notice" role="note">
      <strong>This is not shown to you.</strong>
      <p>{WHO[permission]} Ask an administrator for the role, or for what you need to be done.</p>
    </div>
  );
}
