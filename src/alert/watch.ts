import type { AlertRule } from "../config/hub-settings.ts";
import type { NewAlert } from "../store/alert-table.ts";
import { DUTY, leasesOf } from "../store/lane-table.ts";
import type { Store } from "../store/store.ts";
import type { Look } from "./look.ts";
import { wrongsOf } from "./wrongs.ts";

/** When a rule and subject were first seen as they are now. */
interface Seen {
  readonly at: number;
  readonly detail: string;
}

/** Rules whose `for` is what they measure: they need not stay wrong beyond it. */
const MEASURES_TIME: ReadonlySet<AlertRule["when"]> = new Set(["silence", "age", "error-rate"]);

/**
 * Judges the hub by its rules. What was wrong for as long as its rule says is an alert; it is resolved when it was well for
 * as long as the rule says. How long is counted here, so that another hub that takes the duty counts anew; what fired is
 * in the store.
 */
export function alertWatch(store: Store, rules: readonly AlertRule[]): (look: Look) => Promise<void> {
  const wrongSince = new Map<string, Seen>();
  const wellSince = new Map<string, number>();

  return async (look) => {
    const wrong = new Map<string, NewAlert & { readonly due: boolean }>();
    for (const rule of rules) {
      const hold = MEASURES_TIME.has(rule.when) ? 0 : rule.for;
      for (const { subject, detail } of await wrongsOf(rule, look)) {
        const name = nameOf(rule.name, subject);
        const since = wrongSince.get(name)?.at ?? look.now;
        const due = look.now - since >= hold;
        wrong.set(name, { rule: rule.name, subject, detail, since, firedAt: look.now, due });
      }
    }
    keepOnly(wrongSince, wrong);
    for (const [name, { since, detail }] of wrong) wrongSince.set(name, { at: since, detail });
    await store.transaction(async (tx) => {
      const firing = (await tx.alerts.pending()).filter((one) => one.resolvedAt === null);
      const open = new Set(firing.map((one) => nameOf(one.rule, one.subject)));
      const fresh = [...wrong].filter(([name, { due }]) => due && !open.has(name)).map(([, alert]) => alert);
      const ended = firing.filter((one) => isWell(nameOf(one.rule, one.subject), one.rule, look.now, wrong));
      if (fresh.length + ended.length === 0) return;
      // Who has lost the duty meanwhile leaves it to the one who has it.
      await tx.lanes.own(leasesOf(store.seat.held(), [DUTY]));
      for (const { due: _, ...alert } of fresh) await tx.alerts.fire(alert);
      for (const { id } of ended) await tx.alerts.resolve(id, look.now);
    });
  };

  function isWell(name: string, rule: string, now: number, wrong: ReadonlyMap<string, unknown>): boolean {
    if (wrong.has(name)) {
      wellSince.delete(name);
      return false;
    }
    const since = wellSince.get(name) ?? now;
    wellSince.set(name, since);
    return now - since >= (rules.find((one) => one.name === rule)?.clear ?? 0);
  }
}

function keepOnly(seen: Map<string, unknown>, now: ReadonlyMap<string, unknown>): void {
  for (const name of seen.keys()) if (!now.has(name)) seen.delete(name);
}

function nameOf(rule: string, subject: string): string {
  return JSON.stringify([rule, subject]);
}
