/**
 * `npm run test:live -- --minutes 5`: a hub is loaded, with 5 % that fail, while a browser has Overview and Errors open;
 * at the end the numbers on the screens must be those of the store, and what the pages take must have stayed flat (in
 * runs of two minutes or more). Exit code 1 when something is not as it must be.
 */
import { parseArgs } from "node:util";
import { machine } from "../bench/machine.ts";
import { cleanUp } from "../bench/temporary.ts";
import { openBrowser } from "./chromium.ts";
import { live } from "./live.ts";
import { describeLive } from "./live-verdict.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "5" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error("--minutes wants a number above zero\nusage: npm run test:live -- [--minutes n]");
  process.exit(2);
}
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)));

const browser = await openBrowser();
try {
  const { text, checks } = describeLive(await live(browser, minutes * 60));
  console.log(`${text}\n${machine()}`);
  if (!checks.every(({ ok }) => ok)) process.exitCode = 1;
} finally {
  await browser.close();
  await cleanUp();
}
