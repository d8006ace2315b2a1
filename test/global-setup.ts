import { execFileSync } from "node:child_process";

/** Tests that start a whole hub run the compiled program, as users do; so it is compiled once, first. */
export function setup(): void {
  execFileSync("npm", ["run", "build", "--silent"], { stdio: "inherit" });
}
