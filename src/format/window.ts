import { type FileHandle, open } from "node:fs/promises";

/** Bytes that are read at once unless told otherwise. */
const STEP = 1024 * 1024;

/**
 * A part of a file in memory that slides forward. It grows only as far as the reader leaves bytes unused,
 * so a reader with a limit per record has a limit on memory.
 */
export class FileWindow {
  readonly #handle: FileHandle;
  readonly #step: number;
  #memory: Buffer;
  #bytes: Buffer;
  #offset = 0;
  #ended = false;

  private constructor(handle: FileHandle, step: number) {
    this.#handle = handle;
    this.#step = step;
    this.#memory = Buffer.allocUnsafeSlow(2 * step);
    this.#bytes = this.#memory.subarray(0, 0);
  }

  static async open(path: string, step: number = STEP): Promise<FileWindow> {
    const window = new FileWindow(await open(path, "r"), step);
    await window.advance(0);
    return window;
  }

  /** The bytes at hand. The memory is used again: a view is valid until the next `advance`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Offset in the file of the first byte at hand. */
  get offset(): number {
    return this.#offset;
  }

  /** The bytes at hand reach to the end of the file. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Forgets the first `used` bytes and reads on. */
  async advance(used: number): Promise<void> {
    const kept = this.#bytes.length - used;
    if (kept + this.#step > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (kept + this.#step));
      this.#bytes.copy(larger, 0, used);
      this.#memory = larger;
    } else {
      this.#memory.copyWithin(0, used, this.#bytes.length);
    }
    this.#offset += used;
    const room = Math.max(this.#step, this.#memory.length - kept - this.#step);
    const { bytesRead } = await this.#handle.read(this.#memory, kept, room, this.#offset + kept);
    this.#ended = bytesRead === 0;
    this.#bytes = this.#memory.subarray(0, kept + bytesRead);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
