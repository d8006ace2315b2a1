import { readdir } from "node:fs/promises";
import { commandLine } from "../command-line.ts";
import { type Bench, type BenchOptions, PeerMissing } from "./bench.ts";
import { machine } from "./machine.ts";
import { asJson, asText } from "./print.ts";
import { cleanUp } from "./temporary.ts";

const ENDING = ".bench.ts";
const LEAST_ROUNDS = 5;

const names = (await readdir(new URL(".", import.meta.url)))
  .filter((file) => file.endsWith(ENDING))
  .map((file) => file.slice(0, -ENDING.length))
  .sort();
const lines = await Promise.all(
  names.map(async (name) => `  ${name.padEnd(10)} ${(await load(name)).about}`),
);
const USAGE = `npm run bench -- <bench …> [--json] [--quick] [--rounds 5] [--rows n] [--backend scaled] [--without peer]

Measures the hub against peers, in the same run on the same machine. Exit code 0 when all ran, whether or not the targets
were met; 1 when one could not run.

${lines.join("\n")}`;

const { values, positionals, leave } = commandLine(USAGE, {
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    rounds: { type: "string" },
    rows: { type: "string" },
    backend: { type: "string", default: "embedded" },
    without: { type: "string", multiple: true, default: [] },
  },
});

const unknown = positionals.filter((name) => !names.includes(name));
if (unknown.length > 0) leave(`there is no bench ${unknown.join(", ")}`);
if (positionals.length === 0) leave("which bench?");
const options = readOptions();
if (options.quick) console.error("--quick: small sizes; these figures are not the measure");
if (options.rounds < LEAST_ROUNDS) console.error(`fewer than ${LEAST_ROUNDS} rounds are not the measure`);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
for (const name of positionals) if (!(await measure(name, options))) process.exitCode = 1;

function readOptions(): BenchOptions {
  const whole = (name: "rounds" | "rows"): number | null => {
    const text = values[name];
    if (text === undefined) return null;
    if (!/^[1-9]\d*$/.test(text)) return leave(`--${name} wants a whole number`);
    return Number(text);
  };
  return {
    quick: values.quick,
    rounds: whole("rounds") ?? (values.quick ? 2 : LEAST_ROUNDS),
    rows: whole("rows"),
    backend: backendOf(values.backend),
    without: values.without,
    note: (line) => console.error(`  ${line}`),
  };
}

function backendOf(name: string): BenchOptions["backend"] {
  if (name === "embedded" || name === "scaled") return name;
  return leave("--backend is embedded or scaled");
}

async function load(name: string): Promise<Bench> {
  const module = (await import(`./${name}${ENDING}`)) as { readonly bench: Bench };
  return module.bench;
}

/** False when it could not run. */
async function measure(name: string, options: BenchOptions): Promise<boolean> {
  console.error(`${name}:`);
  const before = machine();
  try {
    const report = await (await load(name)).run(options);
    const printed = { bench: name, machine: before, rounds: options.rounds, ...report };
    console.log(values.json ? asJson(printed) : asText(printed));
    return true;
  } catch (error) {
    console.error(
      error instanceof PeerMissing ? `${name} cannot run: ${error.message}` : `${name} failed:`,
      ...(error instanceof PeerMissing ? [] : [error]),
    );
    return false;
  } finally {
    await cleanUp();
  }
}
