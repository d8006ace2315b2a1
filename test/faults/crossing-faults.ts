import type { LineKind } from "./crossing.ts";
import { answerLost, givenTwice, hubKilled, targetDenies, targetIsBusy } from "./crossing-ends.ts";
import { lineAway, lineOdd, lineSilent, lineSlow } from "./crossing-line.ts";
import { across, type CrossingScene } from "./crossing-scene.ts";
import type { Check, Fault } from "./fault.ts";

type Play = Pick<Fault, "tries" | "on" | "pace"> & {
  readonly title: (peer: string) => string;
  readonly act: (scene: CrossingScene) => Promise<readonly Check[]>;
  readonly playing?: Parameters<typeof across>[3];
};

/** What lies in the connector alone, and not in how the hub stores what came. */
const ONE_STORE = { on: ["sqlite"] } as const;

const PLAYS: Readonly<Record<string, Play>> = {
  F01: {
    title: (peer) => `kill -9 while the hub reads ${peer}`,
    tries: "I1 I2 I3 I4 I8",
    act: hubKilled,
    playing: { deadly: true },
  },
  F05: {
    title: (peer) => `the answer of ${peer} to what it has gets lost`,
    tries: "I1 I2 I3 I4 I5",
    act: answerLost,
    playing: { idempotent: false },
  },
  F20: {
    title: (peer) => `the line to ${peer} is cut in the middle, again and again, and then for long`,
    tries: "I1 I2 I3 I4 I5 I8",
    pace: "waits",
    act: lineAway,
  },
  F21: {
    title: (peer) => `the line to ${peer} goes dead without a word`,
    tries: "I1 I2 I3 I4 I5 I8",
    pace: "waits",
    act: lineSilent,
    ...ONE_STORE,
  },
  F22: {
    title: (peer) => `the line to ${peer} is slow`,
    tries: "I1 I2 I3 I4 I5",
    act: lineSlow,
    ...ONE_STORE,
  },
  F23: {
    title: (peer) => `${peer} cannot take it now`,
    tries: "I1 I2 I3 I4 I8",
    act: targetIsBusy,
    ...ONE_STORE,
  },
  F24: {
    title: (peer) => `rubbish, and a page about maintenance, in the place of ${peer}`,
    tries: "I1 I2 I3 I4 I5 I8",
    act: lineOdd,
    ...ONE_STORE,
  },
  F25: {
    title: (peer) => `${peer} refuses the hub, until a person mends it`,
    tries: "I1 I2 I3 I4 I6",
    act: targetDenies,
    ...ONE_STORE,
  },
  F27: {
    title: (peer) => `${peer} gives again what the hub has`,
    tries: "I1 I2 I3 I4",
    act: givenTwice,
    ...ONE_STORE,
  },
};

/** The faults of a line, each under the number that the matrix has for it. */
export function lineFaults(kind: LineKind): readonly Fault[] {
  return kind.faults.map((number) => {
    const play = PLAYS[number];
    if (play === undefined) throw new Error(`no line is played as ${number}`);
    const { title, act, playing, ...fault } = play;
    return {
      ...fault,
      id: `${number}-${kind.name}`,
      title: title(kind.peer),
      run: (run) => across(run, kind, act, playing),
    };
  });
}
