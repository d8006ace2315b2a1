import { access, constants, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { asHubError, HubError } from "../errors.ts";
import type { FileMark } from "../format/record-writer.ts";
import type { Outgoing, Sink, SystemContext } from "./contract.ts";
import { codeOf } from "./drop-folder-claim.ts";
import { requireSafeReject } from "./drop-folder-error.ts";
import { writeDurably } from "./durable-file.ts";
import { bundleWriter } from "./file-sink-bundle.ts";
import { sinkWriter, withoutSecrets } from "./file-sink-format.ts";
import type { FileSinkOptions } from "./file-sink-settings.ts";
import { targetFailure } from "./remote/failure.ts";
import type { RemoteServer } from "./remote/server.ts";
import { writeRemotely } from "./remote/write.ts";

export interface FileSink extends Sink {
  /** Tests that the folder is there. @throws HubError TL_TARGET_* */
  check(): Promise<void>;
}

/**
 * The sinks of the folders of a connector's settings.
 * @param at what the settings call them
 * @throws HubError TL_CONFIG_INVALID, whose place says which of them is wrong
 */
export function fileSinks(
  at: string,
  folders: Readonly<Record<string, FileSinkOptions>>,
  server: RemoteServer | undefined,
  context: SystemContext,
): Readonly<Record<string, FileSink>> {
  const sinks: Record<string, FileSink> = {};
  for (const [name, options] of Object.entries(folders)) {
    try {
      sinks[name] = fileSink(server, options, context);
    } catch (thrown) {
      const { code, message, cure, place } = asHubError(thrown);
      throw new HubError(code, `${at}.${name}: ${message}`, {
        place: place ?? { field: `/${at}/${name}` },
        cure,
      });
    }
  }
  return sinks;
}

/**
 * Writes each message as a file of its own, or many as one, under a name made of the delivery's id or the bundle's: whoever
 * looks sees it whole or not at all, and a retry writes the same bytes under the same name.
 * @param server where the folder is; undefined: on this machine
 * @throws HubError TL_CONFIG_INVALID
 */
export function fileSink(
  server: RemoteServer | undefined,
  options: FileSinkOptions,
  context: SystemContext,
): FileSink {
  const { folder, name } = options;
  if (!name.includes("{id}"))
    throw new HubError("TL_CONFIG_INVALID", "`name` lacks {id}: two messages would share a file", {
      cure: 'Write it like "customer-{sequence}-{id}.csv".',
    });
  const dir = context.dir ?? ".";
  const writer = sinkWriter(options.format, dir);
  const shown = withoutSecrets(options.format);
  const previewer = shown === options.format ? writer : sinkWriter(shown, dir);
  const bundles = bundleWriter(writer, options);
  const local = resolve(dir, folder);
  const write = async (
    file: string,
    content: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> => {
    requireSafeReject(file);
    if (server === undefined) await writeHere(local, file, content, signal);
    else
      await told(folder, () => server.use((remote) => writeRemotely(remote, folder, file, content), signal));
  };
  return {
    idempotent: true,
    async send(delivery, signal, tell) {
      const file = nameOf(name, delivery);
      const bytes = writer.whole(delivery.body, markOf(delivery));
      // The content is made of the delivery again whenever somebody wants it, and lies at the target.
      const sent = { line: `write ${file}`, fields: { folder, bytes: String(bytes.length) } };
      try {
        await write(file, once(bytes), signal);
      } catch (error) {
        tell?.({ sent });
        throw error;
      }
      tell?.({ sent, answered: { line: "written" } });
      return { answer: `${file}, ${bytes.length} bytes` };
    },
    preview: (delivery) => ({
      name: nameOf(name, delivery),
      content: previewer.whole(delivery.body, markOf(delivery)),
    }),
    bundle: {
      check: ({ body }) => writer.check(body),
      async send(bundle, signal) {
        const file = nameOf(name, bundle);
        let size = 0;
        const count = (bytes: number): void => {
          size += bytes;
        };
        await write(file, bundles(bundle, count), signal);
        return { answer: `${file}, ${size} bytes` };
      },
    },
    async check() {
      if (server === undefined) await checkHere(local);
      else await told(folder, () => server.use((remote) => remote.list(folder)));
    },
  };
}

function nameOf(template: string, { id, sequence }: Pick<Outgoing, "id" | "sequence">): string {
  return template.replaceAll("{id}", id).replaceAll("{sequence}", String(sequence).padStart(12, "0"));
}

/** A file of its own is of the time at which its delivery was stored, in UTC. */
function markOf({ sequence, storedAt }: Outgoing): FileMark {
  if (storedAt === undefined) return { sequence };
  const [date = "", time = ""] = new Date(storedAt)
    .toISOString()
    .replace(/[-:]|\..*/g, "")
    .split("T");
  return { sequence, date, time };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function told<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw targetFailure(error, folder);
  }
}

/** The folder itself is not made: where a share is not mounted, files would go nowhere. */
async function writeHere(
  folder: string,
  file: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  await checkHere(folder);
  try {
    await writeDurably(join(folder, file), until(signal, content));
  } catch (error) {
    throw localFailure(folder, error);
  }
}

async function* until(signal: AbortSignal, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const bytes of content) {
    signal.throwIfAborted();
    yield bytes;
  }
}

async function checkHere(folder: string): Promise<void> {
  try {
    if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error("no folder"), { code: "ENOTDIR" });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw localFailure(folder, error);
  }
}

function localFailure(folder: string, error: unknown): unknown {
  const code = codeOf(error);
  // What the hub itself could not read of it says so already.
  if (code === "" || error instanceof HubError) return error;
  const details = { place: { file: folder }, cause: error };
  if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new HubError("TL_TARGET_ACCESS", `the folder is missing or may not be written to (${code})`, {
      ...details,
      cure: "Make the folder, give the hub the right to write there, then resume the route.",
    });
  return new HubError("TL_TARGET_BUSY", `the file cannot be written now (${code})`, {
    ...details,
    cure: "Look for a full disk or a quota; it is tried again by itself.",
  });
}
