import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { openBench } from "../api/setup.ts";
import { freePort, mainFile } from "../faults/hub-process.ts";
import { deskWith } from "./desk.ts";
import { type Opened, openPage } from "./page.ts";
import { customer } from "./rows.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const FOLDER = join(ROOT, ".github/pictures");
/** Bytes: a page that shows four of them stays quick. */
const MOST = 120_000;
const WAIT_MS = 120_000;

/** Writes the pictures of README.md: three of a hub on which the examples have crossed, and one of an agent's desk. */
export async function readmePictures(browser: Browser): Promise<void> {
  await withExamples(async (url, token) => {
    const opened = await openPage(browser, url, { token });
    await opened.show("/");
    await opened.page.getByRole("button", { name: "Put away" }).click();
    await crossed(opened);
    await take(opened, "overview", 500);
    await opened.show("/messages?flow=billing-customers");
    const first = await opened.page.locator("tr[data-id]").first().getAttribute("data-id");
    await opened.show(`/messages/${first}`);
    await take(opened, "message", 640);
    await opened.show("/flows/billing-customers/mapping");
    await take(opened, "mapping", 420);
    await opened.close();
  });
  await agentDesk(browser);
}

/** A hub as `npm start` begins it, on a data folder of its own. */
async function withExamples(look: (url: string, token: string) => Promise<void>): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), "tieline-pictures-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const hub = spawn(
    process.execPath,
    [mainFile(), "start", "--dir", ROOT, "--data", data, "--listen", listen],
    {
      env: { PATH: process.env["PATH"] ?? "" },
      stdio: "ignore",
    },
  );
  const ended = once(hub, "exit");
  try {
    const url = `http://${listen}`;
    const end = Date.now() + WAIT_MS;
    while (
      !(await fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (Date.now() > end || hub.exitCode !== null) throw new Error("the hub did not come up");
      await pause(200);
    }
    await look(url, readFileSync(join(data, "api-token"), "utf8").trim());
  } finally {
    hub.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true });
  }
}

/** Waits until what each flow received stays as it is. */
async function crossed({ page }: Opened): Promise<void> {
  const received = async (): Promise<string> =>
    (await page.locator("td[data-name=received]").allTextContents()).join(" ");
  let before = "";
  for (let same = 0; same < 3; ) {
    await pause(3000);
    const now = await received();
    same = now === before && /[1-9]/.test(now) ? same + 1 : 0;
    before = now;
  }
}

async function take({ page }: Opened, name: string, height: number): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, clip: { x: 0, y: 0, width: 1280, height } });
  const { size } = statSync(path);
  if (size > MOST) throw new Error(`${name}.png has ${size} bytes, more than ${MOST}`);
}

async function agentDesk(browser: Browser): Promise<void> {
  const bench = await openBench({
    desk: (crm) => deskWith(crm, { number: "+49 30 1234567" }, { number: "+49 40 5550199" }),
  });
  await bench.store.transaction((tx) =>
    customer(tx, {
      ...{ id: "4711", name: "Muster GmbH" },
      more: {
        ...{ status: "active", taxId: "DE129273398", emails: [{ address: "kontakt@muster.example" }] },
        phones: [{ number: "+49 30 1234567" }],
      },
    }),
  );
  bench.desk?.begin();
  const opened = await openPage(browser, bench.url);
  await opened.show("/agent?system=pbx&agent=101");
  const calls = opened.page.getByRole("region", { name: "Calls" });
  await calls.getByRole("button", { name: "Muster GmbH" }).click();
  await opened.page.getByRole("link", { name: "All of c-1" }).waitFor();
  await take(opened, "agent", 460);
  await opened.close();
  await bench.close();
}
