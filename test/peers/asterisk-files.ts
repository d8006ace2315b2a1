import { readFile } from "node:fs/promises";

/** Ports on the loopback address, and where things lie. */
export interface AsteriskPlace {
  /** The folder of this Asterisk, as it sees it. */
  readonly inside: string;
  readonly modules: string;
  readonly manager: number;
  readonly sip: number;
  /** Where the hub is asked for a route. */
  readonly agi: number;
  /** Where the carrier is called. */
  readonly carrier: number;
  /** Where the agents' telephones are called. */
  readonly phones: Readonly<Record<"101" | "102", number>>;
  readonly secret: string;
}

/** Drivers that want hardware or open ports of their own. */
const NOT_LOADED =
  "chan_sip chan_iax2 chan_mgcp chan_skinny chan_unistim chan_ooh323 chan_dahdi chan_console chan_alsa pbx_dundi res_hep res_snmp res_corosync res_phoneprov res_xmpp res_pjsip_transport_websocket cdr_radius cel_radius cdr_tds cel_tds cdr_pgsql cel_pgsql";
const EXAMPLE = new URL("../../connectors/telephony/example/extensions.conf", import.meta.url);

/** The files of a small exchange: a carrier, two agents, and the dialplan that README.md of the connector shows. */
export async function asteriskFiles(place: AsteriskPlace): Promise<Readonly<Record<string, string>>> {
  const dialplan = (await readFile(EXAMPLE, "utf8")).replaceAll(":4573/", `:${place.agi}/`);
  return {
    "asterisk.conf": asteriskConf(place),
    "modules.conf": `[modules]\nautoload=yes\n${NOT_LOADED.split(" ")
      .map((name) => `noload => ${name}.so\n`)
      .join("")}`,
    "logger.conf": "[general]\n[logfiles]\nfull => notice,warning,error,verbose\n",
    "manager.conf": managerConf(place),
    "cdr.conf": "[general]\nenable=yes\nunanswered=yes\n[csv]\nusegmtime=yes\nloguniqueid=yes\n",
    "cdr_manager.conf": "[general]\nenabled=yes\n",
    "rtp.conf": "[general]\nrtpstart=20000\nrtpend=20100\n",
    "pjsip.conf": pjsipConf(place),
    "extensions.conf": `[general]\nstatic=yes\n\n${dialplan}\n${WATCHED}`,
    ...Object.fromEntries(EMPTY.map((name) => [`${name}.conf`, ""])),
    "http.conf": "[general]\nenabled=no\n",
    "udptl.conf": "[general]\nenabled=no\n",
    "cel.conf": "[general]\n",
  };
}

const EMPTY = ["features", "indications", "musiconhold", "ccss", "acl"];

/** A line whose calls the hub only watches. */
const WATCHED = `[from-carrier]
exten => 5550300,1,Dial(PJSIP/101,20)
 same => n,Hangup()
`;

function asteriskConf({ inside, modules }: AsteriskPlace): string {
  return `[directories]
astetcdir => ${inside}
astmoddir => ${modules}
astvarlibdir => /var/lib/asterisk
astdbdir => ${inside}/run
astkeydir => /var/lib/asterisk
astdatadir => /usr/share/asterisk
astagidir => /usr/share/asterisk/agi-bin
astspooldir => ${inside}/spool
astrundir => ${inside}/run
astlogdir => ${inside}/log
astsbindir => /usr/sbin
[options]
documentation_language = en_US
`;
}

function managerConf({ manager, secret }: AsteriskPlace): string {
  return `[general]
enabled=yes
port=${manager}
bindaddr=127.0.0.1
timestampevents=yes
[hub]
secret=${secret}
deny=0.0.0.0/0.0.0.0
permit=127.0.0.1/255.255.255.255
read=call,cdr,reporting
write=system,call,originate,reporting
[watcher]
secret=${secret}
read=call,cdr
write=reporting
`;
}

function pjsipConf({ sip, carrier, phones }: AsteriskPlace): string {
  const agents = Object.entries(phones).map(
    ([name, port]) =>
      `[${name}]\ntype=endpoint\ntransport=t\ncontext=from-agents\ndisallow=all\nallow=ulaw\ndirect_media=no\naors=${name}\n[${name}]\ntype=aor\ncontact=sip:${name}@127.0.0.1:${port}\n`,
  );
  return `[global]
type=global
endpoint_identifier_order=username,ip,anonymous
[t]
type=transport
protocol=udp
bind=127.0.0.1:${sip}
[carrier]
type=endpoint
transport=t
context=from-carrier
disallow=all
allow=ulaw
direct_media=no
aors=carrier
trust_id_inbound=yes
[carrier]
type=aor
contact=sip:127.0.0.1:${carrier}
[carrier]
type=identify
endpoint=carrier
match=127.0.0.1
${agents.join("")}`;
}
