import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A telephone by SIPp, which nobody here wrote. */
export interface SipPhone {
  /** Resolves with SIPp's exit code when its call is over; 0: all went as its script says. */
  readonly over: Promise<number | null>;
  /** What it sent and received so far. */
  messages(): Promise<string>;
  /** Resolves when a message that fits has come or gone. */
  saw(pattern: RegExp): Promise<void>;
  close(): Promise<void>;
}

const SDP = `Content-Type: application/sdp
Content-Length: [len]

v=0
o=phone 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
`;
const ANSWER = `[last_Via:]
[last_From:]
[last_To:];tag=[pid]p[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
`;

const send = (text: string, repeated = false): string =>
  `<send${repeated ? ' retrans="500"' : ""}><![CDATA[\n${text}\n]]></send>\n`;

/** Calls a number. @param talk milliseconds until it hangs up */
export function caller(call: {
  readonly port: number;
  readonly to: string;
  readonly number: string;
  readonly name: string;
  readonly talk: number;
  /** Calls, one after the other; default one. */
  readonly count?: number;
  /** A number for each of them, in place of `number`. */
  readonly numbers?: readonly string[];
}): Promise<SipPhone> {
  const number = call.numbers === undefined ? call.number : "[field0]";
  const from = `From: "${call.name}" <sip:${number}@[local_ip]:[local_port]>;tag=[pid]c[call_number]`;
  const head = (
    method: string,
    to: string,
    sequence: number,
  ): string => `${method} sip:${call.to}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
${from}
${to}
Call-ID: [call_id]
CSeq: ${sequence} ${method}
Contact: <sip:${number}@[local_ip]:[local_port]>
Max-Forwards: 70
`;
  const to = `To: <sip:${call.to}@[remote_ip]:[remote_port]>`;
  const steps = [
    send(`${head("INVITE", to, 1)}${SDP}`, true),
    '<recv response="100" optional="true"/>\n<recv response="180" optional="true"/>\n<recv response="183" optional="true"/>\n',
    '<recv response="200" timeout="30000"/>\n',
    send(`${head("ACK", "[last_To:]", 1)}Content-Length: 0\n`),
    `<pause milliseconds="${call.talk}"/>\n`,
    send(`${head("BYE", "[last_To:]", 2)}Content-Length: 0\n`, true),
    '<recv response="200"/>\n',
  ];
  return start(steps, call.count ?? 1, [`127.0.0.1:${call.port}`], call.numbers);
}

/** Answers the next call. @param ring milliseconds before it is picked up; @param talk until it hangs up, null: never */
export function answerer(phone: {
  readonly port: number;
  readonly ring: number;
  readonly talk: number | null;
  /** Calls that it answers, one after the other; default one. */
  readonly count?: number;
}): Promise<SipPhone> {
  const bye = `BYE sip:[$1] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [$3];tag=[pid]p[call_number]
To: [$2]
Call-ID: [call_id]
CSeq: 1 BYE
Max-Forwards: 70
Content-Length: 0
`;
  const remember =
    '<recv request="INVITE"><action>' +
    '<ereg regexp="sip:(.*)>.*" search_in="hdr" header="Contact:" assign_to="0,1"/>' +
    '<ereg regexp="(.*)" search_in="hdr" header="From:" assign_to="0,2"/>' +
    '<ereg regexp="(.*)" search_in="hdr" header="To:" assign_to="0,3"/>' +
    "</action></recv>\n";
  const steps = [
    remember,
    send(`SIP/2.0 180 Ringing\n${ANSWER}Content-Length: 0\n`),
    `<pause milliseconds="${phone.ring}"/>\n`,
    send(`SIP/2.0 200 OK\n${ANSWER}${SDP}`, true),
    '<recv request="ACK"/>\n',
    ...(phone.talk === null
      ? ['<recv request="BYE" timeout="60000"/>\n', send(`SIP/2.0 200 OK\n${ANSWER}Content-Length: 0\n`)]
      : [`<pause milliseconds="${phone.talk}"/>\n`, send(bye, true), '<recv response="200"/>\n']),
    '<Reference variables="0,1,2,3"/>\n',
  ];
  return start(steps, phone.count ?? 1, ["-p", String(phone.port)]);
}

async function start(
  steps: readonly string[],
  count: number,
  args: readonly string[],
  numbers: readonly string[] = [],
): Promise<SipPhone> {
  const folder = await mkdtemp(join(tmpdir(), "tieline-sipp-"));
  const script = join(folder, "script.xml");
  const log = join(folder, "messages.log");
  const list = join(folder, "numbers.csv");
  if (numbers.length > 0) await writeFile(list, `SEQUENTIAL\n${numbers.join("\n")}\n`);
  await writeFile(
    script,
    `<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="phone">\n${steps.join("")}</scenario>\n`,
  );
  const child: ChildProcess = spawn(
    "sipp",
    [
      ...args,
      ...(numbers.length > 0 ? ["-inf", list] : []),
      "-sf",
      script,
      "-i",
      "127.0.0.1",
      "-m",
      String(count),
      "-l",
      "1",
      "-nostdin",
      "-trace_msg",
    ].concat(["-message_file", log]),
    { stdio: "ignore", cwd: folder },
  );
  const killAlong = (): void => void child.kill("SIGKILL");
  process.once("exit", killAlong);
  const over = once(child, "exit").then(([code]) => code as number | null);
  const messages = (): Promise<string> => readFile(log, "utf8").catch(() => "");
  return {
    over,
    messages,
    async saw(pattern) {
      while (!pattern.test(await messages())) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    async close() {
      child.kill("SIGKILL");
      await over;
      process.off("exit", killAlong);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
