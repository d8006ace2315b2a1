import { describeDispatch } from "../config/dispatch.ts";
import type { DispatchSettings } from "../config/hub-settings.ts";
import { type DoctorFinding, failed, ok, warn } from "../doctor/finding.ts";
import { asHubError } from "../errors.ts";
import type { Session } from "./session.ts";

/** Where workers are woken through Redis: whether it answers, and is fit for it. */
export async function dispatchFindings(
  { ports }: Session,
  dispatch: DispatchSettings,
): Promise<readonly DoctorFinding[]> {
  if (dispatch.kind === "in-process") return [];
  const where = ok("dispatch", describeDispatch(dispatch));
  try {
    return [where, ok("redis", await ports.inspectDispatch(dispatch))];
  } catch (thrown) {
    const { code, message, cure } = asHubError(thrown);
    // A hub works without it, only slower.
    return [
      where,
      code === "TL_DISPATCH_UNAVAILABLE" ? warn("redis", message, cure) : failed("redis", thrown),
    ];
  }
}
