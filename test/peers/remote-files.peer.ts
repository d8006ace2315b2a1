import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import erp from "../../connectors/erp/index.ts";
import type { FileSource, System } from "../../src/connector/contract.ts";
import { remoteServer } from "../../src/connector/remote/server.ts";
import type { RemoteFolderOptions, RemoteOptions } from "../../src/connector/remote/settings.ts";
import { HubError } from "../../src/errors.ts";
import type { Json } from "../../src/message/json.ts";
import {
  cutConnections,
  HOME,
  isSftp,
  keyText,
  type PeerFolder,
  peerFolder,
  STRANGER,
  server,
  temporaryFolder,
} from "./remote-files-setup.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function open(
  folder: PeerFolder | { readonly name: string },
  over: Partial<RemoteFolderOptions> = {},
  place: RemoteOptions = server(),
  hub = "hub-a",
): { readonly system: System; readonly files: FileSource } {
  const remote = { drop: { folder: folder.name, pattern: "K*", stable: 0, ...over } };
  const system = erp.open({ server: place, remote }, { system: "erp", hub, now: () => Date.now() });
  closing.push(() => system.close());
  const files = system.sources["drop"];
  if (files?.kind !== "files") throw new Error("no source");
  return { system, files };
}

function archive(): string {
  const folder = temporaryFolder();
  closing.push(folder.remove);
  return join(folder.path, "taken");
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof HubError) return error.code;
  throw new Error("it did not fail as it should", { cause: error });
}

const hash = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

describe("a folder on a server", () => {
  test("gives a file away when it is settled, and not before", async () => {
    const folder = peerFolder();
    folder.put("K1.csv", "ID;NAME\n1;Müller\n");
    const { files } = open(folder);
    const [offer] = await files.list();
    const path = archive();
    const taken = await files.claim(offer!, path);
    expect(taken).toEqual({ name: "K1.csv", size: 18, sha256: hash("ID;NAME\n1;Müller\n") });
    expect(readFileSync(path, "utf8")).toBe("ID;NAME\n1;Müller\n");
    expect(folder.names()).toEqual(["K1.csv"]);
    await files.settle({ ...offer!, sha256: taken.sha256 });
    await files.settle({ ...offer!, sha256: taken.sha256 });
    expect(folder.names()).toEqual([]);
    expect(readdirSync(join(folder.path, ".tieline"))).toEqual([]);
  });

  test("moves files into its archive, and keeps both of one name", async () => {
    const folder = peerFolder();
    const { files } = open(folder, { archive: `${folder.name}/kept` });
    for (const content of ["first", "other"]) {
      folder.put("K1.csv", content);
      const [offer] = await files.list();
      const { sha256 } = await files.claim(offer!, archive());
      await files.settle({ ...offer!, sha256 });
    }
    const kept = readdirSync(join(folder.path, "kept")).sort();
    expect(kept).toEqual(["K1.csv", `K1.csv.${hash("other").slice(0, 12)}`]);
    expect(folder.names()).toEqual(["kept"]);
    expect(await files.list()).toEqual([]);
  });

  test("takes a file only with its marker, and the marker goes first", async () => {
    const folder = peerFolder();
    const { files } = open(folder, { done: "*.ok", pattern: "K*.csv" });
    folder.put("K1.csv", "x");
    expect(await files.list()).toEqual([]);
    folder.put("K1.csv.ok", "");
    const [offer] = await files.list();
    const { sha256 } = await files.claim(offer!, archive());
    await files.settle({ ...offer!, sha256 });
    expect(folder.names()).toEqual([]);
  });

  test("leaves a file that is still being written", async () => {
    const folder = peerFolder();
    const { files } = open(folder, { stable: 1_500 });
    let size = 0;
    const grow = setInterval(() => folder.put("K1.csv", "x".repeat(++size)), 100);
    try {
      expect(await files.list()).toEqual([]);
    } finally {
      clearInterval(grow);
    }
    const [offer] = await files.list();
    expect(offer).toMatchObject({ name: "K1.csv", size });
  });

  test("leaves a file that changed between the look and the claim, or while it was read", async () => {
    const folder = peerFolder();
    const { files } = open(folder);
    folder.put("K1.csv", "short");
    const [offer] = await files.list();
    folder.put("K1.csv", "longer than before");
    expect(await codeOf(files.claim(offer!, archive()))).toBe("TL_FILE_BUSY");
    const big = randomBytes(24 * 1024 * 1024);
    folder.put("K1.csv", big);
    const [again] = await files.list();
    const path = archive();
    const claim = codeOf(files.claim(again!, path));
    folder.put("K1.csv", big.subarray(1_000_000));
    expect(await claim).toBe("TL_FILE_BUSY");
    expect(existsSync(path)).toBe(false);
    expect(folder.names()).toEqual(["K1.csv"]);
  });

  test("leaves a successor of the same size and second, known by its hash", async () => {
    const folder = peerFolder();
    const { files } = open(folder);
    const moment = new Date(Math.floor(Date.now() / 1_000) * 1_000);
    const put = (content: string): void => {
      folder.put("K1.csv", content);
      utimesSync(join(folder.path, "K1.csv"), moment, moment);
    };
    put("one");
    const [offer] = await files.list();
    const { sha256 } = await files.claim(offer!, archive());
    put("two");
    await files.settle({ ...offer!, sha256 });
    expect(folder.names()).toEqual(["K1.csv"]);
    expect(folder.read("K1.csv")).toBe("two");
  });

  test("goes on with a removal that was cut in two", async () => {
    const folder = peerFolder();
    const { files } = open(folder);
    folder.put("K1.csv", "one");
    const [offer] = await files.list();
    const { sha256 } = await files.claim(offer!, archive());
    // As a crash leaves it: put aside and not yet removed; meanwhile a new file came.
    execAside(folder, "K1.csv");
    folder.put("K1.csv", "next");
    await files.settle({ ...offer!, sha256 });
    expect(folder.names()).toEqual(["K1.csv"]);
    expect(folder.read("K1.csv")).toBe("next");
    expect(readdirSync(join(folder.path, ".tieline"))).toEqual([]);
  });

  test("is left alone where names or kinds are odd", async () => {
    const folder = peerFolder();
    folder.put("K ü.csv", "x");
    folder.put("K\\..\\x.csv", "x");
    folder.put("K.part", "x");
    writeFileSync(Buffer.concat([Buffer.from(`${folder.path}/K`), Buffer.from([0xff, 0xfe])]), "x");
    mkdirSync(join(folder.path, "Kfolder"));
    symlinkSync("/etc/passwd", join(folder.path, "K-link.csv"));
    const { files } = open(folder);
    expect(await files.list()).toEqual([]);
    expect(new Set(files.refusals?.().map(({ code }) => code))).toEqual(new Set(["TL_FILE_NAME"]));
    expect(files.refusals?.()).toHaveLength(5);
    for (const name of ["../x", "/etc/passwd", "a/b", "K\r\nDELE x"])
      expect(await codeOf(files.claim({ name, size: 1, modified: 0 }, archive()))).toBe("TL_FILE_NAME");
  });

  test("gives a file to one hub of two, and to that one again after a crash", async () => {
    const folder = peerFolder();
    folder.put("K1.csv", "x");
    const { files } = open(folder);
    const other = open(folder, {}, server(), "hub-b").files;
    const [offer] = await files.list();
    await files.claim(offer!, archive());
    expect(await codeOf(other.claim(offer!, archive()))).toBe("TL_FILE_BUSY");
    expect(await other.list()).toEqual([]);
    expect(await open(folder).files.list()).toEqual([offer]);
    await files.release(offer!);
    expect(await other.list()).toEqual([offer]);
  });

  test("has a transfer go on where it was cut off", async () => {
    const folder = peerFolder();
    const content = randomBytes(48 * 1024 * 1024);
    folder.put("K1.bin", content);
    const { files } = open(folder);
    const [offer] = await files.list();
    const path = archive();
    const claim = files.claim(offer!, path);
    const temporary = join(path, "..", ".taken.tmp");
    const sizeNow = (): number => (existsSync(temporary) ? statSync(temporary).size : 0);
    while (sizeNow() < 4 * 1024 * 1024) await pause(2);
    const at = sizeNow();
    cutConnections();
    expect((await claim).sha256).toBe(hash(content));
    expect(at).toBeLessThan(content.length);
  });

  test("is told as down, as refused, or as missing, by what is wrong", async () => {
    const folder = peerFolder();
    const nobody = new URL(server().url);
    nobody.port = "1";
    expect(await codeOf(open(folder, {}, server({ url: nobody.href })).files.list())).toBe(
      "TL_SOURCE_UNAVAILABLE",
    );
    const wrong = server({ password: "wrong" });
    expect(await codeOf(open(folder, {}, wrong).system.check())).toBe("TL_SOURCE_ACCESS");
    const stranger = isSftp ? server({ fingerprints: [STRANGER] }) : server({ authority: STRANGER });
    expect(await codeOf(open(folder, {}, stranger).system.check())).toBe("TL_SOURCE_ACCESS");
    expect(await codeOf(open({ name: "no-such" }).system.check())).toBe("TL_SOURCE_REFUSED");
    chmodSync(folder.path, 0o555);
    expect(await codeOf(open(folder).system.check())).toBe("TL_SOURCE_REFUSED");
    chmodSync(folder.path, 0o755);
    await open(folder).system.check();
  });

  test("gets the rejected rows, the same when they are written again", async () => {
    const folder = peerFolder();
    const { files } = open(folder);
    async function* rows() {
      yield Buffer.from("a rejected row\n");
    }
    await files.reject?.("K1.rejected.csv", rows());
    await files.reject?.("K1.rejected.csv", rows());
    expect(readdirSync(join(folder.path, "rejected"))).toEqual(["K1.rejected.csv"]);
    expect(folder.read("rejected/K1.rejected.csv")).toBe("a rejected row\n");
  });

  test("is opened by a private key too", async ({ skip }) => {
    skip(!isSftp, "FTP knows no keys");
    const { password: _, ...rest } = server();
    await open(peerFolder(), {}, { ...rest, key: keyText() }).system.check();
    expect(await codeOf(open(peerFolder(), {}, { ...rest, key: "not a key" }).system.check())).toBe(
      "TL_SOURCE_ACCESS",
    );
  });

  test("is told to the second by a server that lists minutes", async ({ skip }) => {
    skip(isSftp, "SFTP lists seconds");
    const folder = peerFolder();
    folder.put("K1.csv", "x");
    const moment = new Date(1_700_000_001_000);
    utimesSync(join(folder.path, "K1.csv"), moment, moment);
    const place = remoteServer(server(), HOME);
    closing.push(() => place.close());
    const [entry] = await place.use((remote) => remote.list(folder.name));
    expect(entry).toMatchObject({ modified: null });
    const [offer] = await open(folder).files.list();
    expect(offer?.modified).toBe(moment.getTime());
  });
});

describe("a folder on a server that is written to", () => {
  const sinkOn = (folder: { readonly name: string }, place: RemoteOptions = server()) => {
    const answers = { folder: folder.name, name: "A-{id}.jsonl", format: { jsonl: {} } };
    const system = erp.open({ server: place, write: { answers } }, { system: "erp", now: () => Date.now() });
    closing.push(() => system.close());
    const sink = system.sinks["answers"];
    if (sink === undefined) throw new Error("no sink");
    const send = (body: Json) =>
      sink.send(
        { id: "m-7.erp.answers", sequence: 1, key: null, body, attempt: 1 },
        AbortSignal.timeout(14_000),
      );
    return { system, send, bundle: sink.bundle };
  };

  test("gets many deliveries as one file, the same when its connection was cut while it was written", async () => {
    const folder = peerFolder();
    const { bundle } = sinkOn(folder);
    const id = "out.20261128T010000Z.1";
    const rows = 30_000;
    let cuts = 1;
    const all = {
      ...{ id, sequence: 7, date: "20261128", time: "020000" },
      async *deliveries() {
        for (let n = 0; n < rows; n++) {
          if (n === rows / 2 && cuts-- > 0) cutConnections();
          yield { id: `m-${n}`, sequence: n, key: null, body: { n, text: "x".repeat(100) }, attempt: 1 };
        }
      },
    };
    const cut = bundle?.send(all, AbortSignal.timeout(60_000)).then(
      () => "written",
      (error: HubError) => error.fault,
    );
    expect(["written", "system"]).toContain(await cut);
    await bundle?.send(all, AbortSignal.timeout(60_000));
    expect(folder.names()).toEqual([`A-${id}.jsonl`]);
    const lines = folder.read(`A-${id}.jsonl`).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).n)).toEqual(Array.from({ length: rows }, (_, n) => n));
  });

  test("has each file whole or not at all, and the same when it is sent again", async () => {
    const folder = peerFolder();
    const { system, send } = sinkOn(folder);
    await system.check();
    const body = Array.from({ length: 20_000 }, (_, id) => ({ id, text: "x".repeat(100) }));
    const whole = body.map((line) => `${JSON.stringify(line)}\n`).join("").length;
    const sizes = new Set<number>();
    const watch = setInterval(() => {
      const path = join(folder.path, "A-m-7.erp.answers.jsonl");
      if (existsSync(path)) sizes.add(statSync(path).size);
    }, 1);
    await send(body);
    await send(body);
    await pause(10);
    clearInterval(watch);
    expect([...sizes]).toEqual([whole]);
    expect(folder.names()).toEqual(["A-m-7.erp.answers.jsonl"]);
  });

  test("stops the route when it may not be written to, is missing, or the password is wrong", async () => {
    const folder = peerFolder();
    chmodSync(folder.path, 0o555);
    expect(await codeOf(sinkOn(folder).send([{ id: 1 }]))).toBe("TL_TARGET_ACCESS");
    expect(await codeOf(sinkOn({ name: "no-such" }).send([{ id: 1 }]))).toBe("TL_TARGET_ACCESS");
    expect(await codeOf(sinkOn(folder, server({ password: "wrong" })).send([{ id: 1 }]))).toBe(
      "TL_TARGET_ACCESS",
    );
  });
});

function execAside(folder: PeerFolder, name: string): void {
  const bytes = readFileSync(join(folder.path, name));
  const { mtime } = statSync(join(folder.path, name));
  const aside = join(folder.path, ".tieline", `${name}.gone`);
  writeFileSync(aside, bytes);
  utimesSync(aside, mtime, mtime);
  chmodSync(aside, 0o666);
}
