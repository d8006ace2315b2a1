import { newcomerOf } from "../crm/newcomer.ts";
import { asHubError, HubError } from "../errors.ts";
import { type CompiledFlow, compileFlow } from "../flow/compile.ts";
import type { Shadow } from "../flow/shadow.ts";
import { decodeText } from "../format/encoding.ts";
import type { FromMapper, LotToMap, MappedLot, ToMapper } from "./mapper.ts";
import { packRows, type RowResult } from "./pack-rows.ts";
import { startTurn } from "./turn.ts";

/** The engine, as the mapper sees it. */
export interface MapperPort {
  send(message: FromMapper): void;
  /** Called with each message from the engine. */
  listen(take: (message: ToMapper) => void): void;
}

/** Maps lots of messages as they come. It opens no store, and whatever it gives may be left unused. */
export function mapLots(port: MapperPort, shadow: number): void {
  const report: Shadow["report"] = (finding) => port.send({ kind: "shadow", finding });
  const flows = new Map<number, CompiledFlow>();
  port.listen((message) => {
    if (message.kind === "lot") port.send({ kind: "mapped", ...mapLot(flows, message) });
    else flows.set(message.version, compileFlow(message.definition, { every: shadow, report }));
  });
  port.send({ kind: "ready" });
}

function mapLot(flows: ReadonlyMap<number, CompiledFlow>, lot: LotToMap): MappedLot {
  const flow = flows.get(lot.version);
  if (flow === undefined) throw new HubError("TL_INTERNAL", "the mapper was not told of the flow");
  const took: number[] = [];
  const rows = packRows(lot.receivedAt, results(flow, lot, took), () => lot.strangers);
  return { number: lot.number, rows, took: Float64Array.from(took) };
}

/** Until the turn is over: others wait for the mapper too. */
function* results(flow: CompiledFlow, lot: LotToMap, took: number[]): Generator<RowResult, void> {
  const turn = startTurn(() => performance.now());
  const arrives = flow.definition.routes.some(({ to }) => to === "crm.customer");
  let at = 0;
  let began = performance.now();
  for (const [index, length] of lot.lengths.entries()) {
    const result = mapOne(flow, lot, index, new Uint8Array(lot.bytes, at, length), arrives);
    at += length;
    const now = performance.now();
    took.push((now - began) / 1000);
    began = now;
    yield result;
    if (turn.isOver()) return;
  }
}

function mapOne(
  flow: CompiledFlow,
  { receivedAt, headers, keys }: LotToMap,
  index: number,
  body: Uint8Array,
  arrives: boolean,
): RowResult {
  const key = keys[index] ?? null;
  const info = { receivedAt, headers: headers[index] ?? null, file: null, row: null };
  try {
    const value = flow.format.decode(decodeText(body, flow.format.encoding));
    const prepared = flow.prepare(value, key === null ? info : { ...info, key });
    return { prepared, newcomer: arrives ? newcomerOf(prepared.mapped) : null };
  } catch (error) {
    return asHubError(error);
  }
}
