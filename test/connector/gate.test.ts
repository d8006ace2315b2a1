import { describe, expect, it } from "vitest";
import type { ListenDesk, System } from "../../src/connector/contract.ts";
import { type Busy, type GateLimits, gate } from "../../src/connector/gate.ts";
import { guardSystem } from "../../src/connector/guard-system.ts";
import { type ErrorCode, HubError } from "../../src/errors.ts";

const busy: Busy = (message, retryAfter) => new HubError("TL_TARGET_BUSY", message, { retryAfter });

/** A gate whose time goes on only when somebody waits, or the test says. */
function setup(limits: Partial<GateLimits>) {
  const time = { now: 1_000, waited: 0 };
  const made = gate(
    { rate: null, breaker: null, ...limits },
    {
      clock: () => time.now,
      pause: async (milliseconds) => {
        time.now += milliseconds;
        time.waited += milliseconds;
      },
    },
  );
  const pass = (work: () => Promise<unknown> = async () => "done") =>
    made
      .pass(work, busy)
      .then(String, (error: unknown) =>
        error instanceof HubError ? `${error.code} ${error.retryAfter ?? ""}`.trim() : "broken",
      );
  const fail = (code: ErrorCode) => pass(() => Promise.reject(new HubError(code, "no")));
  return { gate: made, time, pass, fail };
}

describe("a rate", () => {
  it("lets no span of time have more calls than it says", async () => {
    const { pass, time } = setup({ rate: { calls: 3, per: 1_000 } });
    const times: number[] = [];
    for (let call = 0; call < 9; call += 1) {
      await pass(async () => times.push(time.now));
      time.now += 100;
    }
    for (const [index, at] of times.entries()) {
      const before = times[index - 3];
      if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(1_000);
    }
    expect(times.slice(0, 4)).toEqual([1_000, 1_100, 1_200, 2_000]);
  });

  it("gives a call back that would wait for long, with the time to wait, and does not count it", async () => {
    const { pass, time, gate: own } = setup({ rate: { calls: 1, per: 60_000 } });
    expect(await pass()).toBe("done");
    expect(await pass()).toBe("TL_TARGET_BUSY 60000");
    expect(own.state().recent).toBe(1);
    time.now += 60_000;
    expect(await pass()).toBe("done");
    expect(time.waited).toBe(0);
  });
});

describe("a breaker", () => {
  const breaker = { failures: 2, wait: 30_000 };

  it("leaves a system alone that failed several times in a row, and lets one call find out", async () => {
    const { pass, fail, time, gate: own } = setup({ breaker });
    await fail("TL_TARGET_UNAVAILABLE");
    expect(own.state().breaker).toBe("closed");
    await fail("TL_TARGET_UNAVAILABLE");
    expect(own.state()).toMatchObject({ breaker: "open", opensIn: 30_000, failures: 2 });
    expect(await pass()).toBe("TL_TARGET_BUSY 30000");
    time.now += 30_000;
    expect(own.state().breaker).toBe("half-open");
    let answer: (value: string) => void = () => undefined;
    const trial = pass(() => new Promise((resolve) => (answer = resolve)));
    expect(await pass()).toBe("TL_TARGET_BUSY 1000");
    answer("back");
    expect(await trial).toBe("back");
    expect(own.state()).toMatchObject({ breaker: "closed", failures: 0 });
  });

  it("stays open when the trial fails", async () => {
    const { fail, time, gate: own } = setup({ breaker });
    await fail("TL_TARGET_BUSY");
    await fail("TL_TARGET_BUSY");
    time.now += 30_000;
    await fail("TL_TARGET_UNAVAILABLE");
    expect(own.state()).toMatchObject({ breaker: "open", opensIn: 30_000 });
  });

  it("is not opened by messages that are wrong, nor by wrong credentials: the system is there", async () => {
    const { fail, gate: own } = setup({ breaker });
    await fail("TL_TARGET_UNAVAILABLE");
    for (const code of ["TL_TARGET_REFUSED", "TL_TARGET_FAILED", "TL_TARGET_ACCESS"] as const)
      await fail(code);
    await fail("TL_TARGET_UNAVAILABLE");
    expect(own.state()).toMatchObject({ breaker: "closed", failures: 1 });
  });
});

describe("a guarded system", () => {
  function guarded(limits: Partial<GateLimits>) {
    const { gate: own, time } = setup(limits);
    const calls: string[] = [];
    const failure = new HubError("TL_TARGET_UNAVAILABLE", "it is away");
    const signal = new AbortController().signal;
    const system: System = {
      sources: {
        pulled: {
          kind: "pull",
          pull: async () => {
            calls.push("pull");
            return { items: [], cursor: null, more: false };
          },
          settle: async () => void calls.push("settle"),
        },
        heard: {
          kind: "listen",
          listen: async (desk) => {
            desk.connected();
            calls.push("listen");
            await new Promise(() => undefined);
          },
        },
      },
      sinks: { out: { idempotent: true, send: () => Promise.reject(failure) } },
      check: async () => void calls.push("check"),
      close: async () => undefined,
    };
    return { system: guardSystem(system, own), calls, signal, own, time };
  }

  it("has one breaker for all its routes and sources; a person may test it all the same", async () => {
    const { system, calls, signal } = guarded({ breaker: { failures: 1, wait: 1_000 } });
    const delivery = { id: "m-1", sequence: 1, key: null, body: {}, attempt: 1 };
    await expect(system.sinks["out"]?.send(delivery, signal)).rejects.toThrow("it is away");
    await expect(system.sinks["out"]?.send(delivery, signal)).rejects.toMatchObject({ retryAfter: 1_000 });
    const source = system.sources["pulled"];
    if (source?.kind !== "pull") throw new Error("no source");
    await expect(source.pull({ cursor: null, limit: 1, signal })).rejects.toMatchObject({
      code: "TL_SOURCE_UNAVAILABLE",
    });
    await system.check();
    expect(calls).toEqual(["check"]);
  });

  it("settles a batch that was read, however many calls there were", async () => {
    const { system, calls, signal } = guarded({ rate: { calls: 1, per: 60_000 } });
    const source = system.sources["pulled"];
    if (source?.kind !== "pull") throw new Error("no source");
    await source.settle?.(await source.pull({ cursor: null, limit: 1, signal }));
    expect(calls).toEqual(["pull", "settle"]);
  });

  it("is not held by a connection that stands", async () => {
    const { system, own, signal, time } = guarded({ breaker: { failures: 1, wait: 1_000 } });
    const failing = own.pass(() => Promise.reject(new HubError("TL_TARGET_UNAVAILABLE", "no")), busy);
    await expect(failing).rejects.toThrow("no");
    time.now += 1_000;
    const source = system.sources["heard"];
    if (source?.kind !== "listen") throw new Error("no source");
    const connected = new Promise<void>((resolve) => {
      const desk: ListenDesk = { cursor: () => null, connected: resolve, take: async () => undefined };
      void source.listen(desk, signal);
    });
    await connected;
    await expect(own.pass(async () => "passed", busy)).resolves.toBe("passed");
  });
});
