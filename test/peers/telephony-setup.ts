import { writeFile } from "node:fs/promises";
import { until } from "./reading-hub.ts";
import { answerer, caller, type SipPhone } from "./sip-phone.ts";
import { type TelephonyHub, telephonyHub } from "./telephony-hub.ts";

/** What the peer told of itself. */
export const env = (name: string): string => process.env[`TIELINE_PEER_${name}`] ?? "";

export const ADA = { id: "ada", name: "Ada Lovelace", phone: "+442079460123" };
export const KONRAD = { id: "konrad", name: "Konrad Zuse", phone: "+4930901820", language: "nl" };
/** Two who share a telephone. */
export const SHARED = "+493023125801";
export const CURIES = [
  { id: "marie", name: "Marie Curie", phone: SHARED },
  { id: "pierre", name: "Pierre Curie", phone: SHARED },
];

/** A hub that follows the calls of the peer, and knows these customers. */
export async function startPbx(): Promise<TelephonyHub> {
  // Calls of other cases are in the records of the exchange: a hub that is new would take them over.
  await writeFile(env("DETAIL"), "");
  const pbx = await telephonyHub({
    PBX_PORT: env("MANAGER"),
    PBX_SECRET: env("SECRET"),
    PBX_ROUTING: `127.0.0.1:${env("AGI")}`,
    PBX_DETAILS: env("DETAIL"),
  });
  await pbx.know([ADA, KONRAD, ...CURIES]);
  await connected(pbx);
  return pbx;
}

/** Resolves when the calls of the peer are followed. */
export async function connected(pbx: TelephonyHub): Promise<void> {
  type Flow = { readonly source: { readonly name: string; readonly state: string } | null };
  await until(async () => {
    const { items } = await pbx.hub.get<{ readonly items: readonly Flow[] }>("/api/v1/flows");
    return items.find(({ source }) => source?.name === "pbx.calls")?.source?.state === "connected";
  });
}

/** Telephones of one test; who calls them closes those in `phones`. */
export function telephones() {
  const phones: SipPhone[] = [];
  return {
    phones,
    async call(over: Partial<Parameters<typeof caller>[0]> = {}): Promise<SipPhone> {
      const usual = {
        port: Number(env("SIP")),
        to: "5550300",
        number: ADA.phone,
        name: ADA.name,
        talk: 1_100,
      };
      const phone = await caller({ ...usual, ...over });
      phones.push(phone);
      return phone;
    },
    /** @param ring milliseconds until it is picked up; @param talk until it hangs up, null: never */
    async picksUp(who: "101" | "102" | "CARRIER", ring = 200, talk: number | null = null): Promise<SipPhone> {
      const phone = await answerer({ port: Number(env(who)), ring, talk });
      phones.push(phone);
      await new Promise((resolve) => setTimeout(resolve, 250));
      return phone;
    },
  };
}
