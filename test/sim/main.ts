import { machine } from "../bench/machine.ts";
import { cleanUp } from "../bench/temporary.ts";
import { commandLine } from "../command-line.ts";
import { calibrate, evenLoad, middle } from "./calibrate.ts";
import { type Measured, makeBed } from "./measure.ts";
import { predict } from "./predict.ts";
import { asText, ERROR, type Report } from "./print.ts";
import { simulate } from "./simulate.ts";

const USAGE = `npm run sim:scale -- [--messages 20000] [--rounds 3] [--processors 8] [--json]

Measures one and two real workers on a private PostgreSQL, fits a simulation to the one, checks it against the two, and
says with it what more workers bring and where one PostgreSQL with so many processors ends. Exit code 1 when the
simulation is further off than it may be.`;

const { values, leave } = commandLine(USAGE, {
  options: {
    messages: { type: "string", default: "20000" },
    rounds: { type: "string", default: "3" },
    processors: { type: "string", default: "8" },
    json: { type: "boolean", default: false },
  },
});

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
try {
  const report = await measure(whole("messages"), whole("rounds"), whole("processors"));
  console.log(values.json ? JSON.stringify(report) : asText(report));
  if (Math.abs(report.error) > ERROR) process.exitCode = 1;
} finally {
  await cleanUp();
}

async function measure(messages: number, rounds: number, processors: number): Promise<Report> {
  const before = machine();
  const bed = await makeBed(messages);
  const measured: Measured[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const workers of [1, 2]) {
      const one = await bed.drain(workers);
      measured.push(one);
      console.error(`  round ${round} of ${rounds}, workers ${workers}: ${Math.round(one.rate)} messages/s`);
    }
  }
  const of = (workers: number): Measured => middle(measured.filter((one) => one.workers === workers));
  const [one, two] = [of(1), of(2)];
  const load = evenLoad(messages);
  const costs = calibrate(one, bed.flush, load);
  const expected = simulate(costs, { shared: two.processors }, 2, load).rate;
  return {
    machine: before,
    one,
    two,
    costs,
    expected,
    error: expected / two.rate - 1,
    processors,
    predictions: predict(costs, processors),
  };
}

function whole(name: "messages" | "rounds" | "processors"): number {
  if (/^[1-9]\d*$/.test(values[name])) return Number(values[name]);
  return leave(`--${name} wants a whole number`);
}
