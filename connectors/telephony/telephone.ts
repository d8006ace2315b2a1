import type { Telephone } from "tieline/connector";
import { serveAgi } from "./agi.ts";
import { connectAmi } from "./ami.ts";
import { sourceFailure } from "./ami-failure.ts";
import type { AmiBlock } from "./ami-reader.ts";
import { callBook } from "./call-book.ts";
import type { AmiOptions, TelephonyOptions } from "./settings.ts";

const DEADLINE_MS = 150;

/** The calls of the moment, over a connection of its own: what agents see must not wait for what is stored. */
export function telephone(
  options: TelephonyOptions,
  manager: AmiOptions,
  dir: string,
  now: () => number,
): Telephone {
  const { agents = {}, country = null, routing, desk } = options;
  const book = callBook(new Set(Object.keys(agents)), now);
  return {
    agents: Object.fromEntries(
      Object.entries(agents).map(([phone, { name, skills = [] }]) => [phone, { name, skills }]),
    ),
    country,
    rule: routing?.rule ?? null,
    script: desk?.script ?? null,
    deadline: routing?.deadline ?? DEADLINE_MS,
    async watch(tell, connected, signal) {
      const onEvent = (event: AmiBlock): void => {
        const call = book.take(event);
        if (call !== null) tell(call);
      };
      try {
        const ami = await connectAmi({ options: manager, dir, events: "call,cdr", onEvent, signal });
        await ami.list("CoreShowChannels", (channels) => {
          for (const call of book.restore(channels)) tell(call);
        });
        connected();
        const end = await ami.ended;
        if (!signal.aborted) throw end;
      } catch (error) {
        if (!signal.aborted) throw sourceFailure(error);
      }
    },
    answer: routing === undefined ? null : (ask, signal) => serveAgi(routing, ask, signal),
  };
}
