export interface MailPorts {
  readonly imap: number;
  readonly imaps: number;
  readonly lmtp: number;
  readonly sasl: number;
  readonly smtp: number;
  readonly smtps: number;
  /** SMTP as `smtp`, where a token is proved by OAUTHBEARER and by nothing else. */
  readonly bearer: number;
  /** Where Dovecot asks whose a token is: a server of the cases. */
  readonly introspection: number;
}

interface Names {
  readonly folder: string;
  readonly uid: string;
  readonly gid: string;
  readonly password: string;
  readonly ports: MailPorts;
}

/** How Dovecot finds out whose a token is. */
export function dovecotOauth({ ports }: Pick<Names, "ports">): string {
  return `
introspection_mode = post
introspection_url = http://127.0.0.1:${ports.introspection}/introspect
username_attribute = username
active_attribute = active
active_value = true
`;
}

/** Everybody at crm.test has a mailbox, all with one password, or each by a token. */
export function dovecotConf({ folder, uid, gid, password, ports }: Names): string {
  return `
base_dir = ${folder}/dovecot/run
state_dir = ${folder}/dovecot/state
log_path = ${folder}/dovecot/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <${folder}/certificate.pem
ssl_key = <${folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
mail_location = maildir:${folder}/mail/%n
mail_uid = ${uid}
mail_gid = ${gid}
first_valid_uid = 1
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/dovecot/oauth2.conf
}
passdb {
  driver = static
  mechanisms = plain login
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%n allow_all_users=yes
}
service imap-login {
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${ports.imaps}
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${ports.lmtp}
  }
}
# All cases come from one address: those that are refused are not to slow the others down.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  inet_listener sasl {
    address = 127.0.0.1
    port = ${ports.sasl}
  }
}
namespace inbox {
  inbox = yes
}
`;
}

/** Takes mail for crm.test and for nobody else; two addresses are refused, one for good and one for now. */
export function postfixMain({ folder, ports }: Names): string {
  return `
compatibility_level = 3.6
maillog_file = ${folder}/data/mail.log
maillog_file_prefixes = ${folder}
queue_directory = ${folder}/queue
data_directory = ${folder}/data
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.crm.test
mydestination =
mynetworks =
virtual_mailbox_domains = crm.test
virtual_transport = lmtp:inet:127.0.0.1:${ports.lmtp}
default_transport = error:no mail leaves this host
local_transport = error:no local mail
relay_transport = error:no relay
smtpd_client_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access inline:{ { gone@crm.test = 550 5.1.1 nobody of that name }, { full@crm.test = 452 4.2.2 mailbox is full } }, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${ports.sasl}
smtpd_tls_cert_file = ${folder}/certificate.pem
smtpd_tls_key_file = ${folder}/key.pem
smtpd_tls_security_level = may
message_size_limit = 2000000
alias_maps =
alias_database =
`;
}

export function postfixMaster({ ports }: Names): string {
  return `
127.0.0.1:${ports.smtp} inet n - n - - smtpd
127.0.0.1:${ports.smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
127.0.0.1:${ports.bearer} inet n - n - - smtpd
  -o smtpd_sasl_mechanism_filter=oauthbearer
postlog   unix-dgram n - n - 1 postlogd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
lmtp      unix - - n - - lmtp
error     unix - - n - - error
retry     unix - - n - - error
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
`;
}
