import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { needProgram } from "../fakes/debian.ts";
import { freePort } from "../faults/hub-process.ts";
import { end, listens, makeUser } from "./file-user.ts";
import type { Peer } from "./peer.ts";

const VSFTPD = "/usr/sbin/vsftpd";

/** It has no MLSD, so its listings tell the minute at best. */
export const vsftpd: Peer = {
  name: "vsftpd",
  connector: "erp",
  cases: ["remote-files.peer.ts", "remote-files-hub.peer.ts"],
  async start() {
    await needProgram(VSFTPD, "vsftpd");
    await needProgram("openssl", "openssl");
    const folder = mkdtempSync("/var/tmp/tieline-vsftpd-");
    execFileSync("chmod", ["755", folder]);
    const home = join(folder, "home");
    mkdirSync(home);
    mkdirSync("/var/run/vsftpd/empty", { recursive: true });
    for (const name of ["server", "stranger"]) makeCertificate(folder, name);
    const port = await freePort();
    const settings = [
      "listen=YES",
      "listen_address=127.0.0.1",
      `listen_port=${port}`,
      "background=NO",
      "anonymous_enable=NO",
      "local_enable=YES",
      "write_enable=YES",
      "local_umask=022",
      "pam_service_name=vsftpd",
      "secure_chroot_dir=/var/run/vsftpd/empty",
      "seccomp_sandbox=NO",
      "utf8_filesystem=YES",
      "ssl_enable=YES",
      "force_local_logins_ssl=YES",
      "force_local_data_ssl=YES",
      `rsa_cert_file=${join(folder, "server.pem")}`,
      `rsa_private_key_file=${join(folder, "server.key")}`,
    ];
    writeFileSync(join(folder, "conf"), `${settings.join("\n")}\n`, { mode: 0o600 });
    const user = makeUser(home);
    const child = spawn(VSFTPD, [join(folder, "conf")], { stdio: "ignore" });
    const killAlong = (): void => void child.kill("SIGKILL");
    process.once("exit", killAlong);
    await listens(port, child);
    const said = execFileSync("dpkg-query", ["-W", "vsftpd"], { encoding: "utf8" });
    return {
      version: said.split("\t")[1]?.trim() ?? "-",
      env: {
        TIELINE_PEER_URL: `ftp://${user.name}@127.0.0.1:${port}`,
        TIELINE_PEER_PASSWORD: user.password,
        TIELINE_PEER_HOME: home,
        TIELINE_PEER_PID: String(child.pid),
        TIELINE_PEER_AUTHORITY: join(folder, "server.pem"),
        TIELINE_PEER_STRANGER: join(folder, "stranger.pem"),
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

/** One for this machine, of no authority but itself. */
function makeCertificate(folder: string, name: string): void {
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${name}`],
      ...["-addext", "subjectAltName=IP:127.0.0.1"],
      ...["-keyout", join(folder, `${name}.key`), "-out", join(folder, `${name}.pem`)],
    ],
    { stdio: "ignore" },
  );
}
