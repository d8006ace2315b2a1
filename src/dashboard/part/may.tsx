import type { ReactNode } from "react";
import { type Permission, useMay } from "../api/may.ts";

/** What is in it is offered to those only who may do it. */
export function May({
  permission,
  children,
}: {
  readonly permission: Permission;
  readonly children: ReactNode;
}) {
  return useMay(permission) ? children : null;
}
