/** The audit log as `ChainedEntry` names it. */
export const SELECT_AUDIT = "SELECT id, at, actor, act, target, detail, reason, hash FROM audit";
