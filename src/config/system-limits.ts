import type { GateLimits } from "../connector/gate.ts";
import { isObject, type Json } from "../message/json.ts";
import { parseDuration } from "./duration.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `limits` of a system of `tieline.yaml`; what is wrong is found by its schema. */
export function systemLimits(written: Json | undefined): GateLimits {
  const { rate, breaker } = isObject(written) ? written : {};
  const [calls = "", unit = ""] = typeof rate === "string" ? rate.split("/") : [];
  const per = UNITS[unit];
  return {
    rate: per === undefined || !/^[1-9]\d{0,5}$/.test(calls) ? null : { calls: Number(calls), per },
    breaker: isObject(breaker) ? breakerOf(breaker) : null,
  };
}

function breakerOf({ failures, wait }: Readonly<Record<string, Json>>): GateLimits["breaker"] {
  return {
    failures: typeof failures === "number" ? failures : 5,
    wait: (typeof wait === "string" ? parseDuration(wait) : undefined) ?? 30_000,
  };
}
