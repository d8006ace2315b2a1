import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Ports } from "../../src/cli/ports.ts";
import { HubError } from "../../src/errors.ts";
import { freePort, startHubProcess } from "../faults/hub-process.ts";
import { project, run } from "./support.ts";

type HubStart = Parameters<Ports["startHub"]>[0];

/** A hub that notes what it is asked. */
function recorder(done: Promise<void> = Promise.resolve()) {
  const asked: HubStart[] = [];
  const calls: string[] = [];
  const startHub: Ports["startHub"] = async (options) => {
    asked.push(options);
    options.print("Tieline listens");
    return {
      url: "http://127.0.0.1:8400",
      done,
      stop: async () => void calls.push("stop"),
    };
  };
  return { asked, calls, startHub };
}

describe("tieline start", () => {
  it("hands on what it was given, paths made absolute", async () => {
    const hub = recorder();
    const line = ["start", "--dir", "p", "--data", "d", "--listen", "0.0.0.0:8400", "--empty"];
    expect((await run(line, { cwd: "/srv", ports: hub })).code).toBe(0);
    expect(hub.asked[0]).toMatchObject({
      dir: "/srv/p",
      data: "/srv/d",
      listen: "0.0.0.0:8400",
      empty: true,
    });
    expect(hub.asked[0]?.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("leaves to the project what was not given", async () => {
    const hub = recorder();
    await run(["start"], { ports: hub });
    expect(Object.keys(hub.asked[0] ?? {}).sort()).toEqual([
      "dir",
      "empty",
      "print",
      "role",
      "stop",
      "version",
    ]);
  });

  it("stops the hub when it is asked to end, and waits for it", async () => {
    const stop = new AbortController();
    const hub = recorder(
      new Promise((resolve) => stop.signal.addEventListener("abort", () => setTimeout(resolve, 50))),
    );
    const running = run(["start"], { stop: stop.signal, ports: hub });
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    const { code, out } = await running;
    expect(code).toBe(0);
    expect(hub.calls).toEqual(["stop"]);
    expect(out).toMatch(/Stopping: .*\nStopped\.\n$/);
  });

  it("a hub that cannot go on is a failure, told as one", async () => {
    const gone = Promise.reject(new HubError("TL_STORE_FAILED", "the disk is gone"));
    gone.catch(() => undefined);
    const { code, err } = await run(["start"], { ports: recorder(gone) });
    expect(code).toBe(1);
    expect(err).toContain("the disk is gone");
  });

  it("with --json the one document on stdout says where it listens", async () => {
    const { json, err } = await run(["start", "--json"], { ports: recorder() });
    expect(json()).toEqual({ url: "http://127.0.0.1:8400" });
    expect(err).toContain("Tieline listens");
  });

  it("SIGTERM ends the real hub with exit code 0, and its data folder is free again", {
    timeout: 60_000,
  }, async () => {
    const dir = await project();
    const hub = await startHubProcess({ dir, port: await freePort() });
    const second = await run(["doctor", "--url", hub.url, "--dir", dir]);
    expect(second.out).toMatch(/✓ hub +running/);
    expect(await hub.stop()).toBe(0);
    expect(hub.output()).toContain("Stopped.");
    expect((await stat(join(dir, "data", "api-token"))).mode & 0o077).toBe(0);
    const again = await startHubProcess({ dir, port: await freePort() });
    expect(await again.stop()).toBe(0);
  });
});
