import { type ParseArgsConfig, parseArgs } from "node:util";

/** What a command of the tests was given; `leave` ends it as one that was used wrongly. */
export type CommandLine<Config extends ParseArgsConfig> = ReturnType<typeof parseArgs<Config>> & {
  leave(problem: string): never;
};

/**
 * Reads the options of a command such as `npm run bench`. `--help` prints how it is used and ends it with 0; what it does
 * not know is told along with that, and ends it with 2.
 * @param usage its lines of help, the first of which shows the call
 */
export function commandLine<const Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): CommandLine<Config> {
  const leave = (problem: string): never => {
    process.stderr.write(`${problem}\n\n${usage}\n`);
    process.exit(2);
  };
  if (process.argv.slice(2).some((argument) => argument === "--help" || argument === "-h")) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return { ...parseArgs(config), leave };
  } catch (error) {
    return leave((error as Error).message);
  }
}
