import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly html: string }[];
}

/** What keeps people from using the page as it is now, of the kinds that axe calls serious or critical. */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)",
  )) as readonly Violation[];
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes
          .slice(0, 3)
          .map(({ html }) => html)
          .join(" ")}`,
    );
}

/** What cannot be seen: a page wider than its window, or a card that cuts its content off. */
export async function cutOff(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate(
    `[document.documentElement, ...document.querySelectorAll(".card")]
      .filter((one) => one.scrollWidth > one.clientWidth + 1)
      .map((one) => (one.querySelector("h1, h2")?.textContent ?? one.className).slice(0, 40) + " is " +
        (one.scrollWidth - one.clientWidth) + " pixels too wide")`,
  );
  return found as readonly string[];
}
