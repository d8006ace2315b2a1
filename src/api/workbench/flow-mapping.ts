import { join } from "node:path";
import type { FlowDefinition } from "../../config/flow-definition.ts";
import { asHubError, HubError } from "../../errors.ts";
import { type Case, readCases } from "../../flow/cases.ts";
import type { Met } from "../../flow/map-alone.ts";
import { decodeText } from "../../format/encoding.ts";
import type { Format } from "../../format/format.ts";
import { messageId } from "../../message/id.ts";
import type { Json } from "../../message/json.ts";
import type { MessageSummary } from "../../store/queries.ts";
import type { ApiDeps } from "../deps.ts";
import { readSlice } from "../slice.ts";

/** A flow in force that has a mapping. */
export type MappedFlow = FlowDefinition & { readonly map: string };

/** Longer records are passed over: they are looked at in a page. */
const LONGEST_RECORD = 1024 * 1024;

/** @throws HubError TL_NOT_FOUND */
export function mappedFlow(
  deps: ApiDeps,
  name: string,
): { readonly flow: MappedFlow; readonly hash: string } {
  const entry = deps.flows().find(({ status }) => status.name === name);
  const definition = entry?.definition ?? null;
  const hash = deps.status().flows.find((one) => one.name === name)?.hash ?? entry?.status.hash ?? null;
  if (entry === undefined) throw new HubError("TL_NOT_FOUND", "there is no flow of this name");
  if (definition === null || definition.map === null || hash === null) {
    throw new HubError("TL_NOT_FOUND", "the flow has no mapping in force", {
      cure: "A flow without `map:` hands records over as they came; one with mistakes shows them on its own page.",
    });
  }
  return { flow: { ...definition, map: definition.map }, hash };
}

/** The flow with another text as its mapping. */
export function drafted(flow: MappedFlow, text: string): MappedFlow {
  return { ...flow, texts: { ...flow.texts, [flow.map]: text } };
}

/** The cases beside the flow in the project folder; none where this process has no such folder. */
export function casesOf(deps: ApiDeps, name: string): readonly Case[] {
  return readCases(join(deps.settings.dir, "mappings", name, "cases"));
}

/** A stored message as its flow meets it, or why it cannot be read. */
export interface Read {
  readonly id: string;
  readonly summary: MessageSummary;
  readonly met: Met | HubError;
}

/** The newest messages of a flow, as records, one by one; long ones are left out. */
export async function* recentRecords(deps: ApiDeps, flow: MappedFlow, count: number): AsyncGenerator<Read> {
  const format = deps.openFormat(flow);
  const { items } = await deps.queries.messages({ flow: flow.name }, { before: null, limit: count });
  for (const summary of items) {
    const met = await readRecord(deps, format, summary).catch((thrown: unknown) => asHubError(thrown));
    if (met !== null) yield { id: messageId(summary.place), summary, met };
  }
}

/**
 * The record of a stored message, as its flow meets it; null when it is too long to be looked at in a page.
 * @throws HubError when it cannot be read
 */
export async function readRecord(
  deps: ApiDeps,
  format: Format,
  { place, acceptedAt }: Pick<MessageSummary, "place" | "acceptedAt">,
): Promise<Met | null> {
  const raw = await deps.queries.raw(place, LONGEST_RECORD);
  if (raw === undefined || raw.size > LONGEST_RECORD) return null;
  if ("body" in raw) {
    const headers = (await deps.queries.message(place))?.headers ?? null;
    const value = format.decode(decodeText(raw.body, format.encoding));
    return { value, info: { receivedAt: acceptedAt, headers, file: null, row: null } };
  }
  const file = await deps.queries.file(raw.slice.file);
  const bytes = await readSlice(deps.settings.data, raw.text, raw.slice, null);
  const value: Json = format.decode(bytes, file?.context, raw.slice.offset);
  const name = file?.name ?? null;
  return { value, info: { receivedAt: acceptedAt, headers: null, file: name, row: raw.slice.row } };
}
