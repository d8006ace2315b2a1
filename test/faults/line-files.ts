import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { tcpProxy } from "../fakes/tcp-proxy.ts";
import { signalSessions } from "../peers/file-user.ts";
import { openssh } from "../peers/openssh.ts";
import type { RunningPeer } from "../peers/peer.ts";
import { vsftpd } from "../peers/vsftpd.ts";
import type { Crossing, LineKind } from "./crossing.ts";
import { lineFaults } from "./crossing-faults.ts";
import type { Happening } from "./producer.ts";
import { mountSmallDisk } from "./small-disk.ts";
import { until } from "./wait.ts";

/** Characters that a note is filled up with: a file goes over the line in many pieces, each way. */
const PAD = 20_000;
const MAP = `{ "id": id, "kind": "note", "subject": customer, "text": $pad($string(n), ${2 * PAD}, "-") }`;
const DISK_MIB = 16;
/** Each way; milliseconds. So long an answer is on its way, and can be stopped. */
const ON_THE_WAY_MS = 60;
const FAULTS = ["F01", "F05", "F20", "F21", "F22", "F24", "F25", "F27"];

const sftp: LineKind = {
  name: "SFTP",
  peer: "OpenSSH by SFTP",
  faults: [...FAULTS, "F23"],
  bytes: 12 * PAD,
  // One file takes some twenty questions and answers.
  slow: 150,
  deadAfter: 60,
  async open(run) {
    const peer = await run.peer(openssh);
    const fingerprints = [peer.env["TIELINE_PEER_FINGERPRINT"]];
    return openFolders({ peer, proof: { fingerprints }, lineTo: tcpProxy, closed: async () => undefined });
  },
};

const ftp: LineKind = {
  name: "FTP",
  peer: "vsftpd by FTP",
  faults: FAULTS,
  bytes: 12 * PAD,
  // One file takes some twenty questions and answers.
  slow: 150,
  deadAfter: 60,
  async open() {
    // One of its own: to break a line is to do something to those that serve connections.
    const peer = await vsftpd.start();
    const proof = { authority: peer.env["TIELINE_PEER_AUTHORITY"] };
    const lineTo: typeof tcpProxy = async (target) => wholeFtpLine(peer, await tcpProxy(target));
    return openFolders({ peer, proof, lineTo, closed: () => peer.close() });
  },
};

export const FILE_FAULTS = [sftp, ftp].flatMap(lineFaults);

/** Data take connections of their own past the proxy: they end, and stand still, with the process that serves them. */
function wholeFtpLine(peer: RunningPeer, control: Awaited<ReturnType<typeof tcpProxy>>): typeof control {
  const pid = Number(peer.env["TIELINE_PEER_PID"]);
  const cut = (): void => {
    control.cut();
    signalSessions(pid, "SIGKILL");
  };
  return {
    ...control,
    cut,
    /** By the clock, since bytes cannot be counted. */
    async cutAfter(bytes) {
      await pause((bytes / PAD) * 20);
      cut();
    },
    hush(spared) {
      control.hush(spared);
      signalSessions(pid, "SIGSTOP");
    },
    async close() {
      cut();
      await control.close();
    },
  };
}

interface Folders {
  readonly peer: RunningPeer;
  /** Settings by which the hub knows the server. */
  readonly proof: object;
  readonly lineTo: typeof tcpProxy;
  closed(): Promise<void>;
}

/** A real server, with a folder that files are fetched from and one, on a disk of its own, that they are written to. */
async function openFolders({ peer, proof, lineTo, closed }: Folders): Promise<Crossing> {
  const url = new URL(peer.env["TIELINE_PEER_URL"] ?? "");
  const home = peer.env["TIELINE_PEER_HOME"] ?? "";
  const tag = randomBytes(4).toString("hex");
  const names = { in: `in-${tag}`, out: `out-${tag}` };
  const inbox = join(home, names.in);
  const outbox = join(home, names.out);
  mkdirSync(inbox);
  execFileSync("chown", [`${url.username}:`, inbox]);
  const disk = mountSmallDisk(outbox, DISK_MIB);
  const line = await lineTo({ host: url.hostname, port: Number(url.port) });
  url.port = String(line.port);
  const server = { url: url.href, password: `\${env:PEER_PASSWORD}`, ...proof };
  const given: string[] = [];
  let files = 0;
  const give = (text: string): void => {
    files += 1;
    const name = `notes-${String(files).padStart(6, "0")}.jsonl`;
    const aside = join(home, `${tag}-${name}`);
    writeFileSync(aside, text);
    execFileSync("chown", [`${url.username}:`, aside]);
    renameSync(aside, join(inbox, name));
  };
  const took = (): readonly string[] =>
    readdirSync(outbox)
      .filter(isWhole)
      // A rename is what changes a file last.
      .map((name) => ({ name, at: statSync(join(outbox, name), { bigint: true }).ctimeNs }))
      .sort((a, b) => Number(a.at - b.at))
      .map(({ name }) => (JSON.parse(readFileSync(join(outbox, name), "utf8")) as Happening).id);
  return {
    connector: "erp",
    line,
    env: { PEER_PASSWORD: peer.env["TIELINE_PEER_PASSWORD"] ?? "" },
    from: {
      settings: {
        server,
        remote: { in: { folder: names.in, pattern: "*.jsonl", stable: 0, every: 1_000 } },
      },
      reads: ["in"],
      flow: { format: "jsonl", map: MAP },
      deaths: ["after_claim", "after_file_taken", "after_chunk"],
      async put(notes) {
        const text = notes.map((note) => `${JSON.stringify({ ...note, pad: "x".repeat(PAD) })}\n`).join("");
        given.push(text);
        give(text);
      },
      async again() {
        for (const text of given) give(text);
        return given.length;
      },
      left: async () =>
        readdirSync(inbox).filter((name) => name !== ".tieline").length +
        claims(inbox).length +
        readdirSync(outbox).filter((name) => !isWhole(name)).length,
    },
    to: {
      settings: {
        server,
        write: { out: { folder: names.out, name: "{sequence}-{id}.jsonl", format: { jsonl: {} } } },
      },
      // A file is known by its name, which is the delivery's.
      idempotent: true,
      took: async () => took(),
      async loseAnswer(note) {
        line.slow(ON_THE_WAY_MS);
        await until(() => took().includes(note), 20_000, 2);
        line.cut();
        line.slow(0);
      },
      async deny() {
        chmodSync(outbox, 0o555);
        return async () => chmodSync(outbox, 0o777);
      },
      async busy() {
        disk.fill();
        return async () => disk.free();
      },
    },
    async close() {
      await line.close();
      disk.close();
      await closed();
    },
  };
}

function isWhole(name: string): boolean {
  return name.endsWith(".jsonl") && !name.startsWith(".");
}

function claims(inbox: string): readonly string[] {
  try {
    return readdirSync(join(inbox, ".tieline"));
  } catch {
    return [];
  }
}
