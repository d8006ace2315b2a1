import { setTimeout as pause } from "node:timers/promises";
import { Agent } from "undici";
import { drained, fileEntries, recordsOf } from "./books.ts";
import { drop } from "./drop.ts";
import { check, type Fault } from "./fault.ts";
import { postTo } from "./producer.ts";
import { customersFlow, hook } from "./project.ts";
import { setStage } from "./stage.ts";
import { until } from "./wait.ts";
import { mib, watchMemory } from "./watch-hub.ts";
import { bombSamples, doctypeSamples } from "./xml-samples.ts";

const ANSWER_MS = 100;
const GROWTH = 50 * 1024 * 1024;
/** Tries of each, of which the quickest counts: what else the machine does is not the hub's doing. */
const TRIES = 3;
const GOOD = "<customer><id>good</id><version>1</version><name>Ada</name></customer>";

/** F33: XML with a DOCTYPE, and XML that is built to cost time or memory, by webhook and in files. */
export const hostileXml: Fault = {
  id: "F33",
  title: "XML bombs and external entities",
  tries: "I4 I5",
  pace: "timed",
  async run({ backend, note }) {
    const flow = customersFlow({ read: "xml", format: "xml: { record: customer }" });
    const posted = flow.yaml.replace("system: erp", "system: shop").replace(/guard:.*\n|onError:.*\n/g, "");
    const stage = await setStage(backend, {
      files: { xml: '{ inbox: INBOX, pattern: "*.xml", stable: 0 }' },
      webhooks: { xml: hook('mediaTypes: ["application/xml"]') },
      flows: { files: flow, posts: { ...flow, yaml: posted } },
    });
    const hub = await stage.start();
    const agent = new Agent({ connections: 1 });
    const send = (text: string) => postTo(hub.url, "xml", text, { "content-type": "application/xml" }, agent);
    const samples = [...doctypeSamples(), ...bombSamples()];
    for (let warm = 0; warm < 50; warm++) await send(GOOD);
    const memory = watchMemory(hub);
    await pause(500);
    const before = memory.now();

    const answers: {
      readonly name: string;
      readonly status: number;
      readonly code: string;
      readonly milliseconds: number;
    }[] = [];
    for (const { name, text } of samples) {
      let quickest = Number.POSITIVE_INFINITY;
      let status = 0;
      let code = "";
      for (let tried = 0; tried < TRIES; tried++) {
        const answer = await send(text);
        quickest = Math.min(quickest, answer?.milliseconds ?? Number.POSITIVE_INFINITY);
        status = answer?.status ?? 0;
        code = answer === null ? "" : ((JSON.parse(answer.body) as { code?: string }).code ?? "");
      }
      answers.push({ name, status, code, milliseconds: quickest });
    }
    const grownByPosts = memory.peak() - before;
    for (const { name, text } of samples) await drop(stage, `${name}.xml`, text);
    await until(async () => (await fileEntries(stage.store, "files")).length >= samples.length, 60_000);
    const drainMs = await drained(stage.store);
    const grown = memory.peak() - before;
    memory.stop();
    const last = await send(GOOD.replace("good", "last"));
    await drained(stage.store);
    await hub.stop();
    await agent.destroy();

    const files = await fileEntries(stage.store, "files");
    const rejected = files.filter(({ state }) => state === "rejected");
    const records = (await recordsOf(stage.store, 0)).map(({ externalId }) => externalId);
    const slowest = answers.reduce((a, b) => (b.milliseconds > a.milliseconds ? b : a));
    const wrong = answers.filter(({ status }) => status !== 400);
    const doctypes = answers.filter(({ name }) => name.startsWith("doctype"));
    note(
      `${samples.length} documents; slowest answer ${slowest.name} ${slowest.milliseconds.toFixed(1)} ms; memory grew ${mib(grownByPosts)} by posts, ${mib(grown)} in all`,
    );
    await stage.remove();
    const effects = records.filter((id) => id !== "good" && id !== "last").length;
    return {
      table: {
        acked: files.length + 1,
        appliedOnce: records.includes("last") ? 1 : 0,
        parked: rejected.length,
        duplicateRequests: 0,
        duplicateEffects: effects,
        orderViolations: 0,
        lost: samples.length - files.length,
        drainMs,
      },
      checks: [
        check(
          "each is answered 400",
          wrong.length === 0,
          wrong.map(({ name, status, code }) => `${name} ${status} ${code}`).join(", ") ||
            `${answers.length} documents`,
        ),
        check(
          "each within 100 ms",
          slowest.milliseconds < ANSWER_MS,
          `${slowest.name} ${slowest.milliseconds.toFixed(1)} ms`,
        ),
        check(
          "a DOCTYPE is refused as TL_DECODE_FAILED",
          doctypes.length === 25 && doctypes.every(({ code }) => code === "TL_DECODE_FAILED"),
          doctypes.length,
        ),
        check(
          "as files they are rejected whole",
          rejected.length === samples.length,
          files
            .filter(({ state }) => state !== "rejected")
            .map(({ name, state }) => `${name} ${state}`)
            .join(", ") || rejected.length,
        ),
        check(
          "each file's failure names a line",
          rejected.every(({ failure }) => failure?.place?.line !== undefined),
          rejected
            .filter(({ failure }) => failure?.place?.line === undefined)
            .map(({ name }) => name)
            .join(", "),
        ),
        check("nothing of them has an effect", effects === 0, effects),
        check("memory grows less than 50 MiB", grown < GROWTH, mib(grown)),
        check("the next good document is taken", last?.status === 202, last?.status),
      ],
    };
  },
};
