import { randomBytes } from "node:crypto";
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type FakeManager, fakeManager } from "../fakes/manager.ts";
import { tcpProxy } from "../fakes/tcp-proxy.ts";
import type { Crossing, LineKind } from "./crossing.ts";
import { lineFaults } from "./crossing-faults.ts";
import { check, type Fault } from "./fault.ts";
import { type Line, onLine, parkedWith } from "./line-scene.ts";
import type { Happening } from "./producer.ts";

/** Milliseconds between two stages of a call, and between the beginnings of two calls. */
const STAGE_MS = 40;
const NEXT_MS = 25;

const ami: LineKind = {
  name: "AMI",
  peer: "a telephone exchange (AMI)",
  faults: ["F01", "F20", "F21", "F24", "F27"],
  bytes: 4_000,
  deadAfter: 60,
  open: openExchange,
};

/** F05 at a telephone exchange: whether a telephone rings nobody knows, and it must not ring twice. */
const dialDoubtful: Fault = {
  id: "F05-AMI",
  title: "a telephone exchange breaks off before it says whether it rings",
  tries: "I2 I4",
  async run(run) {
    const secret = randomBytes(12).toString("hex");
    const manager = await fakeManager(secret);
    let asked = 0;
    const usual = manager.onOriginate;
    manager.onOriginate = (socket, action) => {
      asked += 1;
      if (asked % 3 === 0) socket.destroy();
      else usual(socket, action);
    };
    const line: Line = {
      connector: "telephony",
      settings: { ...settingsOf(manager.port), dial: { context: "out", callerId: "5550100" } },
      env: { PEER_SECRET: secret },
      sink: "dial",
      map: `{ "agent": "101", "number": "+" & $substringAfter(customer, "c") & "00" & $string(n), "at": $now() }`,
      idempotent: false,
      requests: () =>
        manager.actions.flatMap(({ Action, Exten = "" }) => {
          const [, customer, n] = /^\+(\d)00(\d+)$/.exec(Exten) ?? [];
          return Action === "Originate" ? [`c${customer}-${n}`] : [];
        }),
    };
    try {
      return await onLine(run, line, async ({ send }) => {
        await send(run.size(3, 2));
        return (books) => [
          check("each of those is parked in doubt", parkedWith(books) === "TL_IN_DOUBT", parkedWith(books)),
        ];
      });
    } finally {
      await manager.close();
    }
  },
};

export const CALL_FAULTS: readonly Fault[] = [...lineFaults(ami), dialDoubtful];

function settingsOf(port: number): object {
  return {
    manager: { host: "127.0.0.1", port, user: "hub", secret: `\${env:PEER_SECRET}` },
    agents: { "101": { name: "Grace" } },
  };
}

/** A fake exchange that keeps a ledger of its calls: a note is a call, which it tells as it happens and records afterwards. */
async function openExchange(): Promise<Crossing> {
  const secret = randomBytes(12).toString("hex");
  const manager = await fakeManager(secret);
  const line = await tcpProxy({ host: "127.0.0.1", port: manager.port });
  const folder = mkdtempSync(join(tmpdir(), "tieline-exchange-"));
  const details = join(folder, "Master.csv");
  writeFileSync(details, "");
  /** Seconds that were talked, by note. */
  const ledger = new Map<string, number>();
  let calls = 0;
  return {
    connector: "telephony",
    line,
    env: { PEER_SECRET: secret },
    from: {
      settings: { ...settingsOf(line.port), details },
      reads: ["calls", "records, poll: 1s"],
      flow: {
        order: "key: call\nversion: rank",
        map: `{
  "id": call, "kind": "call", "direction": direction, "at": startedAt, "subject": name, "text": stage,
  "durationSeconds": talkSeconds != null ? talkSeconds
}`,
      },
      deaths: ["before_collect", "after_collect"],
      async put(notes) {
        await Promise.all(
          notes.map(async (note, at) => {
            await pause(at * NEXT_MS);
            calls += 1;
            const talked = 10 + calls;
            await happen(manager, details, note, { number: calls, talked });
            ledger.set(note.id, talked);
          }),
        );
      },
      /** The file of records is rotated by copying it, and so read anew. */
      async again() {
        const text = readFileSync(details, "utf8");
        renameSync(details, `${details}.1`);
        writeFileSync(details, text);
        return text.split("\n").length - 1;
      },
      left: async () => 0,
      noteOf({ body }) {
        const { subject, durationSeconds } = body as { subject?: string; durationSeconds?: number };
        return subject !== undefined && ledger.get(subject) === durationSeconds ? subject : null;
      },
      stages: true,
      checks({ messages }) {
        const stages = new Map<string, Set<string>>();
        for (const { event } of messages) {
          const [call = "", stage = ""] = (event ?? "").split(" ");
          stages.set(call, (stages.get(call) ?? new Set()).add(stage));
        }
        const open = [...stages.values()].filter((told) => !told.has("ended") && !told.has("recorded"));
        const events = new Set(messages.map(({ event }) => event));
        return [
          check(
            "I4: no call that was heard of is left ringing",
            stages.size > 0 && open.length === 0,
            `${open.length} of ${stages.size}`,
          ),
          check(
            "I2: no stage of a call is told twice",
            events.size === messages.length,
            `${messages.length - events.size}`,
          ),
        ];
      },
    },
    to: null,
    async close() {
      await line.close();
      await manager.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Talk {
  readonly number: number;
  readonly talked: number;
}

/** One call, from its first ring to its record. Whoever follows it is told at each step; the file is written whatever breaks. */
async function happen(
  manager: FakeManager,
  details: string,
  { id: name, n }: Happening,
  { number, talked }: Talk,
): Promise<void> {
  const id = `${1_795_390_000 + number}.${2 * number}`;
  const digits = number.toString(16).padStart(8, "0");
  const caller = `4930${String(1_000_000 + n)}`;
  const from = {
    ...{ Channel: `PJSIP/trunk-${digits}`, Uniqueid: id, Linkedid: id },
    ...{ CallerIDNum: `+${caller}`, CallerIDName: name, Exten: "5550100" },
  };
  const to = { ...from, Channel: `PJSIP/101-${digits}`, Uniqueid: `${id}1` };
  const dial = { ...from, DestChannel: to.Channel, DestLinkedid: id };
  const there = (...channels: readonly (typeof from & { readonly ChannelState: string })[]): void => {
    manager.channels = [...manager.channels.filter(({ Linkedid }) => Linkedid !== id), ...channels];
  };
  manager.event({ Event: "Newchannel", ...from });
  there({ ...from, ChannelState: "4" });
  await pause(STAGE_MS);
  manager.event({ Event: "Newchannel", ...to });
  manager.event({ Event: "DialBegin", ...dial });
  there({ ...from, ChannelState: "4" }, { ...to, ChannelState: "5" });
  await pause(STAGE_MS);
  manager.event({ Event: "DialEnd", ...dial, DialStatus: "ANSWER" });
  there({ ...from, ChannelState: "6" }, { ...to, ChannelState: "6" });
  await pause(STAGE_MS);
  for (const channel of [to, from]) manager.event({ Event: "Hangup", ...channel });
  there();
  const seconds = { Duration: String(talked + 3), BillableSeconds: String(talked) };
  const clid = `"${name}" <+${caller}>`;
  appendFileSync(
    details,
    `"","+${caller}","5550100","in","${clid.replaceAll('"', '""')}","${from.Channel}","${to.Channel}","Dial","PJSIP/101","2026-11-28 09:00:00","2026-11-28 09:00:03","2026-11-28 09:00:13",${seconds.Duration},${seconds.BillableSeconds},"ANSWERED","DOCUMENTATION","${id}",""\n`,
  );
  manager.event({
    ...{ Event: "Cdr", UniqueID: id, Source: `+${caller}`, Destination: "5550100", CallerID: clid },
    ...{ Channel: from.Channel, DestinationChannel: to.Channel, Disposition: "ANSWERED", ...seconds },
  });
}
