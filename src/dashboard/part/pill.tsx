type Tone = "bad" | "warn" | "good" | "calm" | "none";

/** The hub's words for states and outcomes, and what they mean; one word per thing. */
const WORDS: Readonly<Record<string, readonly [Tone, string]>> = {
  queued: ["calm", "Waits for its turn"],
  waiting: ["warn", "Is tried again by itself at a set time"],
  held: ["warn", "Waits behind another message of its key"],
  sending: ["calm", "A request is under way"],
  parked: ["bad", "At rest, waits for a person"],
  done: ["good", "At its end on every route"],
  applied: ["good", "Took effect"],
  unchanged: ["none", "Says what was there already"],
  stale: ["none", "Older than what was applied"],
  superseded: ["none", "A newer one of its key took its place"],
  duplicate: ["none", "Came before"],
  filtered: ["none", "The route's condition left it out"],
  rejected: ["bad", "A bad row, in the reject file"],
  discarded: ["none", "Ended by a person without effect"],
  running: ["calm", "Under way"],
  stopped: ["bad", "Waits for a person"],
  paused: ["warn", "Stopped by a person"],
  missed: ["bad", "Nobody was there at its time"],
  skipped: ["none", "Left out, as the flow says"],
  failed: ["bad", "Did not come to its end"],
  idle: ["none", "Nothing to do now"],
  reading: ["calm", "Is being read"],
  connecting: ["warn", "A connection is being made"],
  connected: ["good", "Listens"],
  closed: ["good", "Calls go through"],
  open: ["bad", "The system failed several times and is left alone"],
  "half-open": ["warn", "One call tries whether the system is back"],
};

export function Pill({
  word,
  tone,
  meaning,
}: {
  readonly word: string;
  readonly tone?: Tone;
  /** Where the word means something else here. */
  readonly meaning?: string;
}) {
  const [usual, usually] = WORDS[word] ?? ["none", ""];
  return (
    <span className={`pill ${tone ?? usual}`} title={meaning ?? usually}>
      {word}
    </span>
  );
}

/** How each route ended: `crm.customer applied`. */
export function Outcomes({ of }: { readonly of: Readonly<Record<string, string>> }) {
  const entries = Object.entries(of);
  return entries.map(([route, outcome]) => (
    <span key={route} className="outcome">
      {entries.length > 1 ? <span className="faint">{route} </span> : null}
      <Pill word={outcome} />{" "}
    </span>
  ));
}
