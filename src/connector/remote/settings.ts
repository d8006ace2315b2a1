import { type Static, Type } from "@sinclair/typebox";
import { secret } from "../define.ts";
import { DoneMarker, FileOrder, FilePattern } from "../file-settings.ts";

/** A server that files are fetched from or written to, for a connector's `settings`. */
export const RemoteSettings = Type.Object(
  {
    url: Type.String({
      description:
        "sftp://, ftp:// (encrypted by explicit TLS) or ftps:// (implicit TLS) with user and host, without a password",
      pattern: "^(sftp|ftps?)://",
    }),
    password: Type.Optional(secret({ description: "Password of the user", minLength: 1 })),
    key: Type.Optional(
      secret({ description: "SFTP: the user's private key, in OpenSSH or PEM form", minLength: 1 }),
    ),
    passphrase: Type.Optional(
      secret({ description: "What the private key is encrypted with", minLength: 1 }),
    ),
    fingerprints: Type.Optional(
      Type.Array(
        Type.String({ description: "A host key, SHA256:…", pattern: "^SHA256:[A-Za-z0-9+/]{43}=?$" }),
        {
          description:
            "SFTP: host keys by which the server is known, as `ssh-keygen -l` prints them; none other is spoken to",
          minItems: 1,
        },
      ),
    ),
    tls: Type.Optional(
      Type.Union([Type.Literal("verify"), Type.Literal("none")], {
        description:
          "FTP: verify: encrypted, with a certificate for this host; none: password and content can be read on the way, only within a trusted network",
        default: "verify",
      }),
    ),
    authority: Type.Optional(
      Type.String({
        description: "FTP: PEM file of the authority that signed the server's certificate",
        minLength: 1,
      }),
    ),
  },
  { additionalProperties: false, description: "A server that holds files" },
);

/** A path on a server: no control characters, which FTP takes for the end of a command, and no backslashes. */
export const RemotePath = (description: string) =>
  Type.String({ description, pattern: "^[^\\u0000-\\u001f\\u007f\\\\]+$", maxLength: 1_000 });

/** The settings of one folder on a server that files are fetched from. */
export const RemoteFolderSettings = Type.Object(
  {
    folder: RemotePath(
      "Folder on the server into which the other system puts its files; the hub must be allowed to write there",
    ),
    pattern: FilePattern,
    done: DoneMarker,
    stable: Type.Optional(
      Type.Integer({
        description:
          "Milliseconds a file must rest unchanged before it is taken. Below 2000 each file is read twice, since times of whole seconds cannot tell what happened between",
        minimum: 0,
        maximum: 60_000,
        default: 2_000,
      }),
    ),
    every: Type.Optional(
      Type.Integer({
        description: "Milliseconds from one look to the next, where the flow has no schedule",
        minimum: 1_000,
        default: 10_000,
      }),
    ),
    order: FileOrder,
    archive: Type.Optional(
      RemotePath(
        "Folder on the server into which files are moved once they are taken; without it they are deleted",
      ),
    ),
    rejects: Type.Optional(
      RemotePath("Folder on the server for files of rejected rows; default `<folder>/rejected`"),
    ),
  },
  { additionalProperties: false, description: "One folder on the server" },
);

export type RemoteOptions = Static<typeof RemoteSettings>;
export type RemoteFolderOptions = Static<typeof RemoteFolderSettings>;
