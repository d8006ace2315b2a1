import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { machine } from "../bench/machine.ts";
import { cleanUp } from "../bench/temporary.ts";
import { commandLine } from "../command-line.ts";
import { plot } from "./plot.ts";
import { describeSoak } from "./print.ts";
import { soak } from "./soak.ts";
import { BACKENDS, type Backend } from "./storage.ts";

const USAGE = `npm run soak -- [--minutes 30] [--backend sqlite|postgres|both] [--load 0.7] [--seed n] [--out FOLDER]

Loads a hub at 70 % (--load) of what it carried flat out just before, and says whether memory, answers and backlog stayed
flat (in runs of ten minutes or more) and the books balance. The samples and the picture go to results/soak, or --out.
Exit code 1 when something is not as it must be.`;

const { values, leave } = commandLine(USAGE, {
  options: {
    minutes: { type: "string", default: "30" },
    backend: { type: "string", default: "both" },
    load: { type: "string", default: "0.7" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    out: { type: "string", default: new URL("../../results/soak", import.meta.url).pathname },
  },
});
const backends = values.backend === "both" ? BACKENDS : BACKENDS.filter((one) => one === values.backend);
if (backends.length === 0) leave(`--backend is ${BACKENDS.join(", ")} or both`);
const [minutes, load, seed] = [positive("minutes"), positive("load"), positive("seed")];

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
for (const backend of backends) if (!(await one(backend))) process.exitCode = 1;

/** False when something is not as it must be. */
async function one(backend: Backend): Promise<boolean> {
  const before = machine();
  const began = new Date().toISOString();
  const note = (line: string): void => console.error(`${backend}: ${line}`);
  try {
    const soaked = await soak({ backend, minutes, load, seed, note });
    const folder = join(values.out, `${began.slice(0, 19).replaceAll(":", "")}-${backend}`);
    await mkdir(folder, { recursive: true });
    const title = `Tieline on ${backend}, ${minutes} minutes at ${Math.round(soaked.rate)} messages a second`;
    const curves = await plot(folder, title, soaked.samples);
    const { text, passed } = describeSoak(`${title}\n${began}, seed ${seed}, ${before}`, soaked);
    await writeFile(join(folder, "soak.txt"), `${text}\n${curves}`);
    console.log(`${text}\n${curves}\n${folder}/soak.png\n`);
    return passed;
  } finally {
    await cleanUp();
  }
}

function positive(name: "minutes" | "load" | "seed"): number {
  const number = Number(values[name]);
  return number > 0 ? number : leave(`--${name} wants a number above zero`);
}
