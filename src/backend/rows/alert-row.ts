/** Alerts as `AlertRow` names them. */
export const SELECT_ALERT = `SELECT id, rule, subject, detail, since, fired_at AS "firedAt", resolved_at AS "resolvedAt",
  acknowledged_by AS "acknowledgedBy", acknowledged_at AS "acknowledgedAt", muted_until AS "mutedUntil", told FROM alert`;
