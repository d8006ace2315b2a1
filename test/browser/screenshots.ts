import { mkdirSync } from "node:fs";
import { openBrowser } from "./chromium.ts";
import { ADDRESSES, type Look, openPage } from "./page.ts";
import { readmePictures } from "./readme-pictures.ts";
import { openEmpty, openFew } from "./seed.ts";

/** Writes a picture of each screen into `results/screenshots`, to be looked at, and those that README.md shows. */
const FOLDER = "results/screenshots";
const LOOKS: Readonly<Record<string, Look>> = { wide: {}, dark: { scheme: "dark" }, phone: { width: 390 } };

mkdirSync(FOLDER, { recursive: true });
const browser = await openBrowser();
const hubs = { few: await openFew(), empty: await openEmpty() };
for (const [hub, bench] of Object.entries(hubs)) {
  for (const [look, settings] of Object.entries(LOOKS)) {
    const opened = await openPage(browser, bench.url, settings);
    for (const [name, address] of Object.entries(ADDRESSES)) {
      await opened.show(address);
      await opened.page.screenshot({ path: `${FOLDER}/${name}-${hub}-${look}.png`, fullPage: true });
    }
    await opened.close();
  }
  await bench.close();
}
await readmePictures(browser);
await browser.close();
process.stdout.write(`screenshots are in ${FOLDER}, those of README.md in .github/pictures\n`);
