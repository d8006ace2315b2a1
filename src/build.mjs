/**
 * Bundles the compiled program, after `tsc` has checked it and written its types. A start that loads six hundred small
 * files spends more time in finding them than in running them; `dist` keeps its entries where they were, so that whoever
 * imports `tieline/connector` shares one copy with the hub.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Libraries that make functions from text when they run. In the bundle `node:vm` makes them, of this text alone. */
const MAKE_CODE = /[\\/]node_modules[\\/](ajv|fast-json-stringify|find-my-way)[\\/].*\.js$/;

const connectors = readdirSync(join(ROOT, "connectors"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
  .map(({ name }) => `connectors/${name}/index.ts`);

const threads = readdirSync(join(ROOT, "src"))
  .filter((name) => name.endsWith("-thread.ts"))
  .map((name) => `src/${name}`);

const { metafile } = await build({
  metafile: true,
  absWorkingDir: ROOT,
  entryPoints: ["src/main.ts", ...threads, "src/connector/index.ts", "src/mapping/index.ts", ...connectors],
  outdir: "dist",
  outbase: ".",
  chunkNames: "src/chunk-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  conditions: ["development"],
  // Native code, and libraries that are loaded as files of their own when they are needed.
  external: [
    "@opentelemetry/*",
    "libsql",
    "jsonata",
    "libphonenumber-js",
    "undici",
    "pg",
    "mysql2",
    "amqplib",
    "imapflow",
    "nodemailer",
    "postal-mime",
    "basic-ftp",
    "bullmq",
    "ioredis",
    "ssh2",
  ],
  logLevel: "warning",
  define: { TIELINE_BUILD: JSON.stringify(buildHash()) },
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  plugins: [{ name: "code by node:vm", setup: makeCodeByVm }],
});

for (const name of readdirSync(join(ROOT, "dist/src")))
  if (name.startsWith("chunk-") && !Object.hasOwn(metafile.outputs, `dist/src/${name}`))
    rmSync(join(ROOT, "dist/src", name));

/** Names what the program is made of: its sources and the versions of its libraries. */
function buildHash() {
  const hash = createHash("sha256").update(readFileSync(join(ROOT, "package-lock.json")));
  const files = ["src", "connectors"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  for (const file of files
    .filter((name) => name.endsWith(".ts") && !name.startsWith("src/dashboard/"))
    .sort())
    hash.update(file).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

/** So the program runs where `node --disallow-code-generation-from-strings` forbids `new Function`. */
function makeCodeByVm(bundle) {
  bundle.onLoad({ filter: MAKE_CODE }, ({ path }) => {
    const text = readFileSync(path, "utf8");
    if (!text.includes("new Function(")) return undefined;
    return { contents: `const codeByVm = ${codeByVm};\n${text.replaceAll("new Function(", "codeByVm(")}` };
  });
}

function codeByVm(...parts) {
  return require("node:vm").compileFunction(parts.pop(), parts);
}
