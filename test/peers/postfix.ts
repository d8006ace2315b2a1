import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { needProgram } from "../fakes/debian.ts";
import { freePort } from "../faults/hub-process.ts";
import { dovecotConf, dovecotOauth, type MailPorts, postfixMain, postfixMaster } from "./mail-conf.ts";
import type { Peer } from "./peer.ts";

const START_MS = 30_000;

/** Postfix, which hands what it takes to Dovecot. Nothing leaves the machine. */
export const postfix: Peer = {
  name: "postfix",
  connector: "email",
  cases: ["email.peer.ts", "email-oauth.peer.ts"],
  async start() {
    if (process.getuid?.() !== 0) throw new Error("Postfix starts as root only");
    await needProgram("postfix", "postfix");
    await needProgram("dovecot", "dovecot-imapd");
    if (spawnSync("test", ["-x", "/usr/lib/dovecot/lmtp"]).status !== 0) {
      await needProgram("/usr/lib/dovecot/lmtp", "dovecot-lmtpd");
    }
    const folder = await mkdtemp(join(tmpdir(), "tieline-mail-"));
    await chmod(folder, 0o755);
    const ports = {
      imap: await freePort(),
      imaps: await freePort(),
      lmtp: await freePort(),
      sasl: await freePort(),
      smtp: await freePort(),
      smtps: await freePort(),
      bearer: await freePort(),
      introspection: await freePort(),
    };
    const password = randomBytes(12).toString("hex");
    makeCertificate(folder);
    await configure(folder, { ports, password });
    execFileSync("dovecot", ["-c", join(folder, "dovecot/dovecot.conf")], { stdio: "ignore" });
    const stop = (): void => {
      spawnSync("postfix", ["-c", join(folder, "postfix"), "stop"], { stdio: "ignore" });
      spawnSync("doveadm", ["-c", join(folder, "dovecot/dovecot.conf"), "stop"], { stdio: "ignore" });
    };
    process.once("exit", stop);
    const begun = spawnSync("postfix", ["-c", join(folder, "postfix"), "start"], { encoding: "utf8" });
    try {
      if (begun.status !== 0) throw new Error(`Postfix did not start: ${begun.stderr.trim().slice(-300)}`);
      for (const [name, port] of Object.entries(ports)) if (name !== "introspection") await answers(port);
    } catch (error) {
      stop();
      throw error;
    }
    const version = execFileSync("dovecot", ["--version"], { encoding: "utf8" }).split(" ", 1)[0] ?? "";
    const mail = execFileSync("postconf", ["-dh", "mail_version"], { encoding: "utf8" }).trim();
    return {
      version: `${mail}/${version}`,
      env: {
        TIELINE_PEER_PASSWORD: password,
        TIELINE_PEER_AUTHORITY: join(folder, "certificate.pem"),
        ...Object.fromEntries(
          Object.entries(ports).map(([name, port]) => [`TIELINE_PEER_${name.toUpperCase()}`, String(port)]),
        ),
      },
      async close() {
        stop();
        process.off("exit", stop);
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

/** One that signs itself, valid for this machine. */
function makeCertificate(folder: string): void {
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "certificate.pem")];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", ...kind, ...subject, ...files], { stdio: "ignore" });
}

async function configure(
  folder: string,
  options: { readonly ports: MailPorts; readonly password: string },
): Promise<void> {
  const [uid, gid] = ["-u", "-g"].map((flag) =>
    execFileSync("id", [flag, "nobody"], { encoding: "utf8" }).trim(),
  );
  for (const name of ["dovecot", "postfix", "queue", "data", "mail"]) await mkdir(join(folder, name));
  execFileSync("chown", [`${uid}:${gid}`, join(folder, "mail")]);
  execFileSync("chown", ["postfix", join(folder, "data")]);
  const names = { folder, uid: uid ?? "", gid: gid ?? "", ...options };
  await writeFile(join(folder, "dovecot/dovecot.conf"), dovecotConf(names), { mode: 0o600 });
  await writeFile(join(folder, "dovecot/oauth2.conf"), dovecotOauth(names), { mode: 0o600 });
  await writeFile(join(folder, "postfix/main.cf"), postfixMain(names));
  await writeFile(join(folder, "postfix/master.cf"), postfixMaster(names));
}

async function answers(port: number): Promise<void> {
  const until = performance.now() + START_MS;
  while (performance.now() < until) {
    const socket = connect({ host: "127.0.0.1", port });
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await pause(100);
  }
  throw new Error(`the private mail system does not answer at 127.0.0.1:${port}`);
}
