/**
 * Named places where a test can make the process die or wait, by TIELINE_FAILPOINT=`<name>:exit`, `<name>:exit:<n>` (the
 * n-th time). Nothing happens when the variable is not set.
 */
const [name, act, nth] = (process.env["TIELINE_FAILPOINT"] ?? "").split(":");
let left = Number(nth ?? 1);

export function failpoint(at: string): void {
  if (name !== at || act !== "exit") return;
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}
