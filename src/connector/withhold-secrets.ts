import type { Exchange } from "../message/exchange.ts";
import type { Sink, System, Tell } from "./contract.ts";
import { formsOf, hideSecrets } from "./hide-secrets.ts";

/**
 * A system whose sinks tell nothing secret of what they exchange, whatever they put into it.
 * @param secrets values of its settings that nobody may see
 */
export function withholdSecrets(system: System, secrets: readonly string[]): System {
  const known = formsOf(secrets);
  const withheld = (tell: Tell): Tell => {
    return (exchange) => {
      let shown: Exchange;
      try {
        shown = hideSecrets(exchange, known);
      } catch {
        // It is none, and the delivery is not to fail for that.
        return;
      }
      tell(shown);
    };
  };
  const sinks = Object.entries(system.sinks).map(([name, sink]): [string, Sink] => [
    name,
    {
      ...sink,
      send: (delivery, signal, tell) =>
        sink.send(delivery, signal, tell === undefined ? undefined : withheld(tell)),
    },
  ]);
  return { ...system, sinks: Object.fromEntries(sinks) };
}
