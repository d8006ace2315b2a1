import { HubError } from "../errors.ts";
import type { EdiSetup, InterchangeHead, Surroundings } from "./edi-dialect.ts";
import { createMessageDecoder, type DecodeMessage, trailerFault } from "./edi-message.ts";
import { parseSegment, type Segment } from "./edi-segment.ts";

/** Interchanges and groups of one file at most, since the heads of all are kept with the file. */
const MOST_SURROUNDINGS = 1000;

/** Something that is open, and what it holds so far. */
interface Envelope {
  readonly head: Segment;
  readonly text: string;
  groups: number;
  messages: number;
  /** Objects that are no messages (UNO). */
  objects: number;
}

/** Keeps what is around the messages of a file, and counts them. */
export class EdiEnvelopes {
  readonly surroundings: Surroundings[] = [];
  readonly #setup: EdiSetup;
  #opened: InterchangeHead | undefined;
  #interchange: Envelope | undefined;
  #group: Envelope | undefined;
  /** How messages are decoded here; made when the first one is met. */
  #decode: DecodeMessage | undefined;
  #within = "";

  constructor(setup: EdiSetup) {
    this.#setup = setup;
  }

  /** The interchange that is open. */
  get opened(): InterchangeHead | undefined {
    return this.#opened;
  }

  get hasGroup(): boolean {
    return this.#group !== undefined;
  }

  openInterchange(head: InterchangeHead): void {
    this.#opened = head;
    this.#interchange = newEnvelope(this.#setup.dialect.parseHead(head.text, head.separators), head.text);
    this.#group = undefined;
    this.#decode = undefined;
  }

  openGroup(text: string, separators: Surroundings["separators"]): void {
    if (this.#interchange !== undefined) this.#interchange.groups++;
    this.#group = newEnvelope(parseSegment(text, separators), text);
    this.#decode = undefined;
  }

  countObject(): void {
    for (const one of [this.#interchange, this.#group]) if (one !== undefined) one.objects++;
  }

  /** @param at offset in the file where the message begins */
  beginMessage(at: number): void {
    for (const one of [this.#interchange, this.#group]) if (one !== undefined) one.messages++;
    if (this.#decode !== undefined || this.#opened === undefined) return;
    if (this.surroundings.length === MOST_SURROUNDINGS) {
      throw new HubError(
        "TL_DECODE_FAILED",
        `the file has more than ${MOST_SURROUNDINGS} interchanges and groups`,
        { cure: "Have the sender write several files." },
      );
    }
    const { separators, text } = this.#opened;
    const around = { at, separators, interchange: text, group: this.#group?.text ?? null };
    this.surroundings.push(around);
    this.#decode = createMessageDecoder(this.#setup, around);
    this.#within = JSON.stringify([separators, around.interchange, around.group]);
  }

  /** How messages are decoded here, and what else decides over their values. */
  get current(): { readonly decode: DecodeMessage; readonly within: string } {
    return { decode: this.#decode as DecodeMessage, within: this.#within };
  }

  /** What is wrong with the tail of a group, which is left. */
  closeGroup(tail: Segment): string | undefined {
    const group = this.#group;
    this.#leaveGroup();
    const { group: names } = this.#setup.dialect;
    if (group === undefined) return `${names.tail} ends what no ${names.head} began`;
    return this.#faultOf("group", group, tail);
  }

  /** What is wrong with the tail of an interchange, which is left. */
  closeInterchange(tail: Segment): string | undefined {
    const interchange = this.#interchange as Envelope;
    this.#opened = undefined;
    return this.#faultOf("interchange", interchange, tail);
  }

  /** Leaves a group that had no tail. */
  #leaveGroup(): void {
    this.#group = undefined;
    this.#decode = undefined;
  }

  #faultOf(kind: "interchange" | "group", open: Envelope, tail: Segment): string | undefined {
    if (!this.#setup.checks) return undefined;
    const { head, groups, messages, objects } = open;
    const envelope = this.#setup.dialect[kind];
    return groups > 0
      ? trailerFault(envelope, head, tail, [groups], "groups")
      : trailerFault(envelope, head, tail, [messages, messages + objects], "messages");
  }
}

function newEnvelope(head: Segment, text: string): Envelope {
  return { head, text, groups: 0, messages: 0, objects: 0 };
}
