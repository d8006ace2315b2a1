import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { Place } from "../message/place.ts";
import type { EdiSetup, Envelope, Surroundings } from "./edi-dialect.ts";
import { nestSegments } from "./edi-groups.ts";
import { isFiller, parseSegment, type Segment, type Separators, split, TAG } from "./edi-segment.ts";
import { lineAndColumn } from "./text.ts";

/** Decodes messages that have the same surroundings. */
export type DecodeMessage = (text: string) => Json;

/**
 * A message as a mapping gets it: `interchange`, `group` where there is one, `message`, which says what it is, and
 * `segments` between its first and its last, in order.
 * @throws HubError TL_DECODE_FAILED with line and column within the message, when it is none or its trailer is wrong
 */
export function createMessageDecoder(setup: EdiSetup, around: Surroundings): DecodeMessage {
  const { dialect, groups } = setup;
  const { separators } = around;
  const interchange = dialect.describeInterchange(dialect.parseHead(around.interchange, separators));
  const group = around.group === null ? undefined : parseSegment(around.group, separators);
  const groupText = group === undefined ? undefined : JSON.stringify(dialect.describeGroup(group));
  const interchangeText = JSON.stringify(interchange);

  return (text) => {
    const { segments, lastAt } = parseAll(text, separators);
    checkMessage(segments, setup, () => lineAndColumn(text, lastAt));
    const head = segments.shift() as Segment;
    segments.pop();
    return {
      // A copy for each, since a mapping may hold on to what it was given.
      interchange: JSON.parse(interchangeText) as Json,
      ...(groupText === undefined ? {} : { group: JSON.parse(groupText) as Json }),
      message: dialect.describeMessage(head, group),
      segments: nestSegments(segments, groups),
    };
  };
}

function parseAll(
  text: string,
  separators: Separators,
): { readonly segments: Segment[]; readonly lastAt: number } {
  const { terminator, release } = separators;
  const escaped = release !== "" && text.includes(release) ? release : "";
  const parts = split(text, terminator, escaped);
  const segments: Segment[] = [];
  let at = 0;
  let lastAt = 0;
  for (const part of parts) {
    let from = 0;
    while (from < part.length && isFiller(part.charCodeAt(from))) from++;
    if (from < part.length) {
      const segment = parseSegment(from === 0 ? part : part.slice(from), separators);
      if (!TAG.test(segment.tag)) {
        throw new HubError("TL_DECODE_FAILED", "a segment does not begin with a tag", {
          place: lineAndColumn(text, at + from),
        });
      }
      segments.push(segment);
      lastAt = at + from;
    }
    at += part.length + 1;
  }
  return { segments, lastAt };
}

function checkMessage(segments: readonly Segment[], { dialect, checks }: EdiSetup, place: () => Place): void {
  const { head, tail } = dialect.message;
  const [first, last] = [segments[0], segments.at(-1)];
  if (first?.tag !== head) throw new HubError("TL_DECODE_FAILED", `a message begins with ${head}`);
  if (last?.tag !== tail || last === first) {
    throw new HubError("TL_DECODE_FAILED", `the message is not ended by ${tail}`, {
      place: place(),
    });
  }
  if (!checks) return;
  const fault = trailerFault(dialect.message, first, last, [segments.length], "segments");
  if (fault !== undefined)
    throw new HubError("TL_DECODE_FAILED", fault, { place: place(), cure: TRAILER_CURE });
}

export const TRAILER_CURE =
  "Have the sender mend it; `trailers: ignore` of the format takes such messages all the same.";

/**
 * What is wrong with a trailer.
 * @param counts what it may say; more than one where the standard was read in several ways
 */
export function trailerFault(
  { head, tail, reference }: Envelope,
  first: Segment,
  last: Segment,
  counts: readonly number[],
  counted: string,
): string | undefined {
  const said =
    typeof last["e1"] === "string" && /^\d{1,9}$/.test(last["e1"]) ? Number(last["e1"]) : undefined;
  if (said === undefined || !counts.includes(said)) {
    const says = said === undefined ? "does not say how many" : `says ${said}`;
    return `${tail} ${says} ${counted}, there are ${counts[0]}`;
  }
  return sameReference(first[reference], last["e2"])
    ? undefined
    : `the reference in ${tail} is not the one in ${head}`;
}

/** Control numbers are filled up with zeros by some. */
function sameReference(first: Json | undefined, last: Json | undefined): boolean {
  const [one, other] = [first, last].map((it) =>
    typeof it === "string" && /^\d+$/.test(it) ? it.replace(/^0+(?=\d)/, "") : it,
  );
  return one === other;
}
