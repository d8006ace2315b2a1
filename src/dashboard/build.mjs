/**
 * Bundles the dashboard into `dist/dashboard`, each file once more packed by gzip. Does nothing when neither it nor a
 * library has changed since. With `--sizes` it prints what a browser loads.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(HERE, "../..");
const OUT = join(ROOT, "dist/dashboard");
const STAMP = join(OUT, "made-from");
/** Largest first load, packed: what a phone on a bad connection waits for. */
const MOST_FIRST = 500 * 1024;

const wanted = madeFrom();
if (!existsSync(STAMP) || readFileSync(STAMP, "utf8") !== wanted) {
  await bundle();
  pack();
  writeFileSync(STAMP, wanted);
}
report(process.argv.includes("--sizes"));

/** Names what the dashboard is made of: its files and the versions of its libraries. */
function madeFrom() {
  const hash = createHash("sha256").update(readFileSync(join(ROOT, "package-lock.json")));
  for (const file of readdirSync(HERE, { recursive: true, encoding: "utf8" }).sort())
    if (/\.(tsx?|css|html|mjs|svg)$/.test(file)) hash.update(file).update(readFileSync(join(HERE, file)));
  return hash.digest("hex");
}

async function bundle() {
  const { build } = await import("vite");
  await build({
    root: HERE,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: {
      outDir: OUT,
      emptyOutDir: true,
      target: "es2022",
      // The first of each that know `light-dark()`.
      cssTarget: ["chrome123", "firefox120", "safari17.5"],
      // Everything is a file of its own, so that the page needs neither inline code nor data addresses.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1000,
      manifest: "manifest.json",
      // Marks for servers that render pages, which there are none of here, in each file of the libraries.
      rolldownOptions: { checks: { moduleLevelDirective: false }, onwarn },
    },
  });
}

function onwarn(warning, tell) {
  if (warning.code !== "MODULE_LEVEL_DIRECTIVE") tell(warning);
}

function pack() {
  for (const name of readdirSync(join(OUT, "assets")))
    writeFileSync(
      join(OUT, "assets", `${name}.gz`),
      gzipSync(readFileSync(join(OUT, "assets", name)), { level: 9 }),
    );
}

/** The first load is the page's own code and styles and what they import; a screen's code comes when it is opened. */
function report(say) {
  const manifest = JSON.parse(readFileSync(join(OUT, "manifest.json"), "utf8"));
  const sizeOf = (files) =>
    [...files].reduce((sum, file) => sum + readFileSync(join(OUT, `${file}.gz`)).length, 0);
  const first = sizeOf(filesOf(manifest, "index.html"));
  const screens = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry);
  if (first > MOST_FIRST)
    throw new Error(`the dashboard's first load is ${first} bytes packed, more than ${MOST_FIRST}`);
  if (!say) return;
  process.stdout.write(`first load ${kilobytes(first)} (at most ${kilobytes(MOST_FIRST)})\n`);
  for (const key of screens) {
    const own = [...filesOf(manifest, key)].filter((file) => !filesOf(manifest, "index.html").has(file));
    process.stdout.write(`  ${key.padEnd(28)} ${kilobytes(sizeOf(own))}\n`);
  }
}

function filesOf(manifest, key, found = new Set()) {
  const { file, css = [], imports = [] } = manifest[key];
  if (found.has(file)) return found;
  for (const one of [file, ...css]) found.add(one);
  for (const one of imports) filesOf(manifest, one, found);
  return found;
}

function kilobytes(bytes) {
  return `${(bytes / 1024).toFixed(1)} kB gzip`;
}
