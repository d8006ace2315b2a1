import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { needProgram } from "../fakes/debian.ts";
import { freePort } from "../faults/hub-process.ts";
import { end, listens, makeUser } from "./file-user.ts";
import type { Peer } from "./peer.ts";

const SSHD = "/usr/sbin/sshd";

export const openssh: Peer = {
  name: "openssh",
  connector: "erp",
  cases: ["remote-files.peer.ts", "remote-files-hub.peer.ts"],
  async start() {
    await needProgram(SSHD, "openssh-server");
    // Not below a folder of others: sshd asks for a path that nobody else can change.
    const folder = mkdtempSync("/var/tmp/tieline-openssh-");
    const home = join(folder, "home");
    mkdirSync(home);
    mkdirSync("/run/sshd", { recursive: true });
    const keys = ["host", "client", "stranger"].map((name) => join(folder, name));
    for (const key of keys) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    execFileSync("chmod", ["755", folder]);
    writeFileSync(join(folder, "authorized"), readFileSync(join(folder, "client.pub")), { mode: 0o644 });
    const port = await freePort();
    const settings = [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${join(folder, "host")}`,
      `PidFile ${join(folder, "pid")}`,
      `AuthorizedKeysFile ${join(folder, "authorized")}`,
      "PasswordAuthentication yes",
      "UsePAM no",
      "StrictModes no",
      "MaxStartups 100",
      "Subsystem sftp internal-sftp",
      "ForceCommand internal-sftp",
    ];
    writeFileSync(join(folder, "conf"), `${settings.join("\n")}\n`);
    const user = makeUser(home);
    const child = spawn(SSHD, ["-D", "-f", join(folder, "conf"), "-E", join(folder, "log")], {
      stdio: "ignore",
    });
    const killAlong = (): void => void child.kill("SIGKILL");
    process.once("exit", killAlong);
    await listens(port, child);
    const fingerprint = (name: string): string =>
      execFileSync("ssh-keygen", ["-lf", join(folder, `${name}.pub`)], { encoding: "utf8" }).split(" ")[1] ??
      "";
    const said = spawnSync(SSHD, ["-V"], { encoding: "utf8" }).stderr;
    return {
      version: /OpenSSH_([^\s,]+)/.exec(said)?.[1] ?? "-",
      env: {
        TIELINE_PEER_URL: `sftp://${user.name}@127.0.0.1:${port}`,
        TIELINE_PEER_PASSWORD: user.password,
        TIELINE_PEER_HOME: home,
        TIELINE_PEER_PID: String(child.pid),
        TIELINE_PEER_KEY: join(folder, "client"),
        TIELINE_PEER_FINGERPRINT: fingerprint("host"),
        TIELINE_PEER_STRANGER: fingerprint("stranger"),
      },
      async close() {
        await end(child);
        process.off("exit", killAlong);
        user.remove();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};
