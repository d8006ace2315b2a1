import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Static, TSchema } from "@sinclair/typebox";
import { Ajv } from "ajv";
import { afterEach, describe, expect, it } from "vitest";
import type {
  Connector,
  FileSource,
  ListenDesk,
  Outgoing,
  PullSource,
  PushedItem,
  PushRequest,
  PushSource,
  Sink,
  System,
} from "../../src/connector/contract.ts";
import { type ErrorCode, HubError } from "../../src/errors.ts";
import type { Json } from "../../src/message/json.ts";
import { startTarget, type Target } from "../fakes/http-target.ts";
import { describedFields, unmarkedSecrets } from "./settings-schema.ts";

/** What the suite needs to know about one connector to try it. */
export interface ConnectorExamples<Settings extends TSchema> {
  /** Settings that name every source and sink below. */
  settings(world: World): Static<Settings>;
  /** Settings that must be refused by the schema. */
  readonly wrongSettings: readonly unknown[];
  /** File sources, each with a file it takes. */
  readonly files?: Readonly<Record<string, { readonly name: string; readonly content: string }>>;
  /** File sources on another machine; nobody answers where the settings lead. */
  readonly remotes?: readonly string[];
  /** Push sources, each with a request it takes at `NOW` and requests it must refuse. */
  readonly pushes?: Readonly<Record<string, PushExample>>;
  /** Sinks that send to `world.url` as HTTP. */
  readonly sinks?: readonly string[];
  /** Sources that are asked. */
  readonly pulls?: readonly string[];
  /** Sources that are listened to. */
  readonly listens?: readonly string[];
  /** Sinks of another protocol, each with a message it takes; nobody answers where the settings lead. */
  readonly deadSinks?: Readonly<Record<string, Json>>;
  /** Set where nobody answers at the place the settings name: the code that `check` and its sources then throw. */
  readonly unreachable?: ErrorCode;
}

export interface World {
  /** An empty folder of a source's own. */
  inbox(source: string): string;
  /** Where the fake target answers. */
  readonly url: string;
}

export interface PushExample {
  readonly request: PushRequest;
  /** The body to be stored; default the request's, untouched. */
  readonly stored?: string;
  readonly refused: Readonly<Record<string, { readonly request: PushRequest; readonly code: ErrorCode }>>;
}

/** The time the suite's clock shows; examples are signed for it. */
export const NOW = Date.UTC(2026, 10, 1, 12);

const ANSWERS: readonly (readonly [status: number, idempotent: string, once: string])[] = [
  [200, "200", "200"],
  [204, "204", "204"],
  [302, "TL_TARGET_FAILED", "TL_TARGET_FAILED"],
  [400, "TL_TARGET_REFUSED", "TL_TARGET_REFUSED"],
  [401, "TL_TARGET_ACCESS", "TL_TARGET_ACCESS"],
  [403, "TL_TARGET_ACCESS", "TL_TARGET_ACCESS"],
  [404, "TL_TARGET_REFUSED", "TL_TARGET_REFUSED"],
  [422, "TL_TARGET_REFUSED", "TL_TARGET_REFUSED"],
  [429, "TL_TARGET_BUSY", "TL_TARGET_BUSY"],
  [500, "TL_TARGET_FAILED", "TL_TARGET_FAILED"],
  [502, "TL_TARGET_UNAVAILABLE", "TL_TARGET_UNAVAILABLE"],
  [503, "TL_TARGET_BUSY", "TL_TARGET_BUSY"],
  [504, "TL_TARGET_UNAVAILABLE", "TL_IN_DOUBT"],
];

/** The promises of `contract.ts`, tried on one connector. */
export function describeConnector<Settings extends TSchema>(
  name: string,
  connector: Connector<Settings>,
  examples: ConnectorExamples<Settings>,
): void {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function setup() {
    const root = mkdtempSync(join(tmpdir(), "tieline-connector-"));
    closing.push(() => rmSync(root, { recursive: true, force: true }));
    const target = await startTarget();
    closing.push(() => target.close());
    const inbox = (source: string) => {
      mkdirSync(join(root, source), { recursive: true });
      return join(root, source);
    };
    const settings = examples.settings({ inbox, url: target.url });
    const open = (hub = "hub-a"): System => {
      const system = connector.open(settings, { system: name, hub, now: () => NOW });
      closing.push(() => system.close());
      return system;
    };
    return { root, inbox, target, settings, open, archive: join(root, "archive") };
  }

  describe(`connector ${name}: settings`, () => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true }).addKeyword("secret");

    it("bears its name and describes itself", () => {
      expect(connector.name).toBe(name);
      expect(connector.description).not.toBe("");
    });

    it("takes the example, and refuses what is wrong", async () => {
      const validate = ajv.compile(connector.settings);
      const { settings } = await setup();
      expect(validate(settings), JSON.stringify(validate.errors)).toBe(true);
      for (const wrong of [{ ...(settings as object), unknownSetting: 1 }, ...examples.wrongSettings]) {
        expect(validate(wrong), JSON.stringify(wrong)).toBe(false);
      }
    });

    it("describes every field and marks every secret", () => {
      expect(describedFields(connector.settings).missing).toEqual([]);
      expect(unmarkedSecrets(connector.settings)).toEqual([]);
    });

    it("opens the sources and sinks that are configured, and no others", async () => {
      const { open } = await setup();
      const system = open();
      expect(Object.keys(system.sources).sort()).toEqual(
        [
          ...Object.keys({ ...examples.files, ...examples.pushes }),
          ...(examples.remotes ?? []),
          ...(examples.pulls ?? []),
          ...(examples.listens ?? []),
        ].sort(),
      );
      expect(Object.keys(system.sinks).sort()).toEqual(
        [...(examples.sinks ?? []), ...Object.keys(examples.deadSinks ?? {})].sort(),
      );
    });

    it("opens nothing on the network by itself, passes its check, and closes twice", async () => {
      const { open, target } = await setup();
      const system = open();
      if (examples.unreachable === undefined) await system.check();
      else expect(await codeOfRejected(system.check())).toBe(examples.unreachable);
      expect(target.requests).toEqual([]);
      await system.close();
      await system.close();
    });
  });

  for (const [source, file] of Object.entries(examples.files ?? {})) {
    describe(`connector ${name}: file source ${source}`, () => {
      const start = async () => {
        const world = await setup();
        const inbox = world.inbox(source);
        writeFileSync(join(inbox, file.name), file.content);
        return { ...world, folder: inbox, files: fileSource(world.open(), source) };
      };
      const present = (folder: string) => readdirSync(folder).filter((entry) => entry !== ".tieline");

      it("offers a complete file, copies it, and takes it away when settled, also twice", async () => {
        const { files, folder, archive } = await start();
        const [offer] = await files.list();
        expect(offer).toMatchObject({ name: file.name, size: Buffer.byteLength(file.content) });
        const claimed = await files.claim(offer!, archive);
        expect(claimed.sha256).toMatch(/^[0-9a-f]{64}$/);
        expect(readFileSync(archive, "utf8")).toBe(file.content);
        expect(present(folder)).toEqual([file.name]);
        await files.settle(offer!);
        await files.settle(offer!);
        expect(present(folder)).toEqual([]);
      });

      it("offers a released file again", async () => {
        const { files, archive } = await start();
        const [offer] = await files.list();
        await files.claim(offer!, archive);
        await files.release(offer!);
        expect(await files.list()).toEqual([offer]);
      });

      it("F30: lets one hub of two have it, and that hub again after a crash", async () => {
        const { files, open, archive } = await start();
        const other = fileSource(open("hub-b"), source);
        const [offer] = await files.list();
        const claims = await Promise.allSettled([
          files.claim(offer!, `${archive}-a`),
          other.claim(offer!, `${archive}-b`),
        ]);
        expect(claims.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
        const [winner, loser] = claims[0].status === "fulfilled" ? ["hub-a", "hub-b"] : ["hub-b", "hub-a"];
        expect(await fileSource(open(loser), source).list()).toEqual([]);
        expect(await fileSource(open(winner), source).list()).toEqual([offer]);
      });

      it("writes the reject file the same when it is repeated", async () => {
        const { files, folder } = await start();
        if (files.reject === undefined) return;
        async function* rows() {
          yield Buffer.from("a rejected row\n");
        }
        await files.reject("x.rejected.csv", rows());
        await files.reject("x.rejected.csv", rows());
        const found = readdirSync(folder, { recursive: true }).filter((entry) =>
          String(entry).endsWith("x.rejected.csv"),
        );
        expect(found).toHaveLength(1);
        expect(readFileSync(join(folder, String(found[0])), "utf8")).toBe("a rejected row\n");
      });
    });
  }

  for (const source of examples.remotes ?? []) {
    it(`connector ${name}: source ${source} says so when the other machine does not answer, and again`, async () => {
      const files = fileSource((await setup()).open(), source);
      expect(await codeOfRejected(files.list())).toBe(examples.unreachable);
      expect(await codeOfRejected(files.list())).toBe(examples.unreachable);
    });
  }

  for (const [source, example] of Object.entries(examples.pushes ?? {})) {
    describe(`connector ${name}: push source ${source}`, () => {
      it("takes the example and keeps no credential or signature", async () => {
        const push = pushSource((await setup()).open(), source);
        const item: PushedItem = push.receive(example.request);
        expect(Buffer.from(item.body).toString()).toBe(
          example.stored ?? Buffer.from(example.request.body).toString(),
        );
        expect(Object.keys(item.headers ?? {}).join()).not.toMatch(
          /authorization|cookie|signature|token|secret/i,
        );
      });

      it.each(Object.entries(example.refused))("refuses %s", async (_, { request, code }) => {
        const push = pushSource((await setup()).open(), source);
        expect(codeOfThrown(() => push.receive(request))).toBe(code);
      });

      it("refuses a body over its limit", async () => {
        const push = pushSource((await setup()).open(), source);
        const body = Buffer.alloc((push.limit ?? 1024 * 1024) + 1, " ");
        expect(codeOfThrown(() => push.receive({ ...example.request, body }))).toBe("TL_BODY_TOO_LARGE");
      });
    });
  }

  for (const source of examples.pulls ?? []) {
    describe(`connector ${name}: source ${source}, which is asked`, () => {
      const start = async (): Promise<PullSource> => {
        const pull = (await setup()).open().sources[source];
        if (pull?.kind !== "pull") throw new Error(`no pull source ${source}`);
        return pull;
      };

      it("says so when the system does not answer, and again when it is asked again", async () => {
        const pull = await start();
        const ask = () => pull.pull({ cursor: null, limit: 10, signal: new AbortController().signal });
        expect(await codeOfRejected(ask())).toBe(examples.unreachable);
        expect(await codeOfRejected(ask())).toBe(examples.unreachable);
      });

      it("ends when it is told to", async () => {
        const stop = new AbortController();
        const asked = (await start()).pull({ cursor: null, limit: 10, signal: stop.signal });
        stop.abort();
        await expect(asked).rejects.toThrow();
      });
    });
  }

  for (const source of examples.listens ?? []) {
    describe(`connector ${name}: source ${source}, which is listened to`, () => {
      const start = async (signal: AbortSignal) => {
        const listen = (await setup()).open().sources[source];
        if (listen?.kind !== "listen") throw new Error(`no listen source ${source}`);
        const connected: string[] = [];
        const desk: ListenDesk = {
          cursor: () => null,
          connected: () => void connected.push(source),
          take: async () => undefined,
        };
        return { connected, ended: listen.listen(desk, signal) };
      };

      it("says so when the system does not answer, and does not call itself connected", async () => {
        const { ended, connected } = await start(new AbortController().signal);
        expect(await codeOfRejected(ended)).toBe(examples.unreachable);
        expect(connected).toEqual([]);
      });

      it("ends when it is told to", async () => {
        const stop = new AbortController();
        const { ended } = await start(stop.signal);
        stop.abort();
        const end = await ended.then(
          () => "ended",
          () => "ended",
        );
        expect(end).toBe("ended");
      });
    });
  }

  for (const [name, body] of Object.entries(examples.deadSinks ?? {})) {
    it(`connector ${connector.name}: sink ${name} says so when the target is down`, async () => {
      const sink = (await setup()).open().sinks[name];
      const delivery: Outgoing = { id: "m-1.route", sequence: 7, key: "K", body, attempt: 1 };
      const sent = sink?.send(delivery, new AbortController().signal);
      expect(await codeOfRejected(sent ?? Promise.resolve())).toBe("TL_TARGET_UNAVAILABLE");
    });
  }

  for (const name of examples.sinks ?? []) {
    describe(`connector ${connector.name}: sink ${name}`, () => {
      const start = async (): Promise<{ target: Target; sink: Sink }> => {
        const { open, target } = await setup();
        return { target, sink: open().sinks[name]! };
      };

      it("I2: sends the same id, sequence and body on every attempt", async () => {
        const { target, sink } = await start();
        target.answer({ status: 503 }, { status: 200 }, { status: 200 });
        expect(await send(sink, 1)).toBe("TL_TARGET_BUSY");
        expect(await send(sink, 2)).toBe("200");
        expect(await send(sink, 3)).toBe("200");
        expect(
          new Set(target.requests.map((seen) => `${seen.id} ${seen.sequence} ${seen.sha256}`)).size,
        ).toBe(1);
        expect(target.requests[0]).toMatchObject({ id: "m-1.route", sequence: 7 });
        expect(target.requests.map((seen) => seen.effect)).toEqual([false, true, false]);
      });

      it.each(ANSWERS)("sorts status %d", async (status, idempotent, once) => {
        const { target, sink } = await start();
        target.answer({ status });
        expect(await send(sink, 1)).toBe(sink.idempotent ? idempotent : once);
      });

      it("says so when the request left and no answer came", async () => {
        const { target, sink } = await start();
        target.answer({ fault: "cut" });
        expect(await send(sink, 1)).toBe(sink.idempotent ? "TL_TARGET_UNAVAILABLE" : "TL_IN_DOUBT");
      });

      it("says so when the target is down", async () => {
        const { target, sink } = await start();
        await target.close();
        expect(await send(sink, 1)).toBe("TL_TARGET_UNAVAILABLE");
      });
    });
  }
}

async function send(sink: Sink, attempt: number): Promise<string> {
  const delivery: Outgoing = { id: "m-1.route", sequence: 7, key: "K", body: { key: "K" }, attempt };
  return sink.send(delivery, new AbortController().signal).then(
    (sent) => sent.answer,
    (error: unknown) => (error instanceof HubError ? error.code : String(error)),
  );
}

async function codeOfRejected(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "done",
    (error: unknown) => (error instanceof HubError ? error.code : String(error)),
  );
}

function codeOfThrown(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof HubError ? error.code : String(error);
  }
  return "taken";
}

function fileSource(system: System, name: string): FileSource {
  const source = system.sources[name];
  if (source?.kind !== "files") throw new Error(`no file source ${name}`);
  return source;
}

function pushSource(system: System, name: string): PushSource {
  const source = system.sources[name];
  if (source?.kind !== "push") throw new Error(`no push source ${name}`);
  return source;
}
