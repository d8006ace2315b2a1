/** What a rule found wrong, from when it was told until it was well again. */
export interface AlertRow {
  readonly id: number;
  /** The rule's name in `tieline.yaml`, or of one that every hub has. */
  readonly rule: string;
  /** A flow, a route, a system, or `hub`. A rule fires once for each at a time. */
  readonly subject: string;
  /** What is wrong in words, without payload. */
  readonly detail: string;
  /** Since when it was so; milliseconds since 1970, as all times here. */
  readonly since: number;
  readonly firedAt: number;
  /** Null: it still is so. */
  readonly resolvedAt: number | null;
  /** Who has seen it. */
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: number | null;
  /** Until then nobody is told of it. */
  readonly mutedUntil: number | null;
  /** The last that was told outside. */
  readonly told: AlertTold;
}

export type AlertTold = "nothing" | "firing" | "resolved";

export type NewAlert = Pick<AlertRow, "rule" | "subject" | "detail" | "since" | "firedAt">;

/** Alerts of all hubs of the store: whoever has the duty writes them, so each fires once. */
export interface AlertTable {
  /** Those that are not resolved, or of which the end was not told yet; oldest first. */
  pending(): Promise<readonly AlertRow[]>;
  /** A mute of the same rule and subject that has not ended goes on. */
  fire(alert: NewAlert): Promise<number>;
  resolve(id: number, at: number): Promise<void>;
  told(id: number, told: AlertTold): Promise<void>;
  /** @returns false: there is none of this id that is not resolved */
  acknowledge(id: number, by: string, at: number): Promise<boolean>;
  /** @param until null: told again. @returns false: there is none of this id */
  mute(id: number, until: number | null): Promise<boolean>;
}
