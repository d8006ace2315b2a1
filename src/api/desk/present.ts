import type { CustomerView } from "../../crm/view.ts";
import type { ShownCall } from "../../desk/shown-call.ts";
import { time } from "../present.ts";

/** What an agent's page shows of one call. */
export function presentCall({ system, call, caller, script, reason }: ShownCall) {
  const { id, stage, direction, number, withheld, name, line, ringing, agent, talkSeconds } = call;
  return {
    ...{ system, id, stage, direction, number, withheld, name, line, ringing, agent, talkSeconds },
    startedAt: time(call.startedAt),
    answeredAt: call.answeredAt === null ? null : time(call.answeredAt),
    endedAt: call.endedAt === null ? null : time(call.endedAt),
    who: caller.who,
    customers: caller.customers.map(presentCustomer),
    ...{ script, reason },
  };
}

function presentCustomer({ id, name, status, values, history }: CustomerView) {
  return {
    ...{ id, name, status, golden: values },
    history: history.entries.map(({ entity, system, at, possible, values: content }) => ({
      ...{ entity, system, at: time(at), possible, values: content },
    })),
  };
}
