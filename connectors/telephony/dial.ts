import { HubError, isObject, type Json, type Outgoing, type Sink } from "tieline/connector";
import { connectAmi } from "./ami.ts";
import { AmiFailure, targetFailure } from "./ami-failure.ts";
import type { Ami } from "./ami-line.ts";
import type { AmiBlock } from "./ami-reader.ts";
import type { AmiOptions, DialOptions } from "./settings.ts";

/** How long it is waited for word of the agent's telephone: whether it is there, busy, or rings. */
const WORD_MS = 3_000;

export interface DialSinkOptions {
  readonly manager: AmiOptions;
  readonly dial: DialOptions;
  readonly agents: ReadonlySet<string>;
  readonly dir: string;
  readonly now: () => number;
}

interface Wish {
  readonly agent: string;
  readonly number: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * Rings an agent, then the customer. A wish that waited for too long, since the hub or the telephone system was away, is
 * refused: nobody expects the call any more. It is never tried twice when it is not known whether a telephone rang.
 */
export function dial(options: DialSinkOptions): Sink {
  return {
    idempotent: false,
    async send(delivery, signal) {
      const wish = wishOf(delivery.body, options);
      try {
        return { answer: await ring(wish, delivery, options, signal) };
      } catch (error) {
        throw targetFailure(error);
      }
    },
  };
}

async function ring(
  { agent, number }: Wish,
  { id }: Outgoing,
  { manager, dial: settings, dir }: DialSinkOptions,
  signal: AbortSignal,
): Promise<string> {
  const action = `tieline-dial-${id}`;
  let heard: (event: AmiBlock) => void = () => undefined;
  const word = new Promise<AmiBlock>((resolve) => {
    heard = resolve;
  });
  const onEvent = (event: AmiBlock): void => {
    if (event.get("Event") === "OriginateResponse" && event.get("ActionID") === action) heard(event);
  };
  const ami = await connectAmi({ options: manager, dir, events: "call", onEvent, signal }).catch(nothingLeft);
  try {
    const shown = number.replace(/^\+/, settings.plus ?? "+");
    await ami.act("Originate", {
      ActionID: action,
      Channel: `${settings.technology ?? "PJSIP"}/${agent}`,
      Context: settings.context,
      Exten: shown,
      Priority: "1",
      // What the agent's telephone shows; the dialplan sets ours again for the customer.
      CallerID: `<${number}>`,
      Timeout: String((settings.ring ?? 30) * 1_000),
      Variable: `TIELINE_CALLER_ID=${settings.callerId}`,
      Async: "true",
    });
    return outcomeOf(await earliest(word, ami));
  } finally {
    ami.close();
  }
}

/** Before anything was asked for, nothing can be in doubt. */
function nothingLeft(error: unknown): never {
  if (error instanceof AmiFailure && error.fault === "doubt")
    throw new AmiFailure("away", error.message, error);
  throw error;
}

/** Null: it rings, for all that is known. */
async function earliest(word: Promise<AmiBlock>, ami: Ami): Promise<AmiBlock | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, WORD_MS, null);
  });
  try {
    // Asterisk has taken it: when the connection ends now it rings all the same.
    return await Promise.race([word, late, ami.ended.then(() => null)]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reasons of OriginateResponse, as Asterisk's control frames are numbered. */
const REASONS: Readonly<Record<string, string>> = {
  "0": "there is no such telephone, or it is not registered",
  "1": "the agent's telephone hung up",
  "3": "the agent's telephone rang in vain",
  "5": "the agent's telephone is busy",
  "8": "the telephone system has no free line",
};

function outcomeOf(event: AmiBlock | null): string {
  if (event === null) return "the agent's telephone rings";
  if (event.get("Response") === "Success") return "the agent picked up";
  const reason = REASONS[event.get("Reason") ?? ""] ?? "the call could not be made";
  throw new AmiFailure("data", reason);
}

/** @throws HubError TL_TARGET_REFUSED */
function wishOf(body: Json, { agents, dial: { within = 60 }, now }: DialSinkOptions): Wish {
  const { agent, number, at } = isObject(body) ? body : {};
  if (typeof agent !== "string" || !agents.has(agent))
    throw refused(
      "`agent` is no telephone of `agents`",
      "Add it to `agents` of the system, or correct the mapping.",
    );
  if (typeof number !== "string" || !/^\+?[0-9*#]{2,32}$/.test(number))
    throw refused("`number` is none that can be dialled", "Give digits, with a plus before a country code.");
  const asked = typeof at === "string" ? Date.parse(at) : Number.NaN;
  if (!(now() - asked <= within * 1_000))
    throw refused("the call was asked for too long ago", "Ask for it again, or raise `within` of `dial`.");
  return { agent, number, at: asked };
}

function refused(message: string, cure: string): HubError {
  return new HubError("TL_TARGET_REFUSED", message, { cure });
}
